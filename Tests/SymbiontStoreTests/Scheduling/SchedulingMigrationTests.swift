import SymbiontCore
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("The records of the scheduler")
struct SchedulingMigrationTests {
  private static let before = StoreSchema.migrations.prefix { $0.identifier < "0009-scheduling" }.count

  @Test("are added to a database of an older program, which keeps its rows")
  func older() async throws {
    let ladder = try MigrationLadder()
    let agent = AgentID()
    let store = try await ladder.climb(from: Self.before) { transaction in
      try transaction.remember("key", [1, 2], of: agent, at: .epoch)
    }
    #expect(try await store.read { try $0.recall("key", of: agent) } == [1, 2])
    let state = try await store.read { try $0.schedulerState() }
    #expect(state == (false, false))
    await store.close()
  }

  @Test("come back as they were written")
  func roundTrip() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let seed = SeededRandom.forTest()
    var random = seed
    let rows = (1...200).map { sequence in
      TaskRow(
        sequence: Int64(sequence),
        task: ScheduledTask(
          id: TaskID(), agentID: AgentID(), priority: Priority.allCases.randomElement(using: &random) ?? .low,
          scheduledTime: Timestamp(microsecondsSinceEpoch: .random(in: 0...1 << 50, using: &random)),
          timeout: .microseconds(Int64.random(in: 1_000...1 << 40, using: &random)),
          retryCount: .random(in: 0...1_000, using: &random),
          input: (0..<Int.random(in: 0...40, using: &random)).map { _ in .random(in: 0...255, using: &random) },
          interruption: Bool.random(using: &random) ? .fail : .runAgain),
        dueAt: Timestamp(microsecondsSinceEpoch: .random(in: 0...1 << 50, using: &random)),
        scheduleID: Bool.random(using: &random) ? ScheduleID() : nil, isRetrying: .random(using: &random),
        attempt: Bool.random(using: &random)
          ? .init(executionID: ExecutionID(), startedAt: .epoch + .seconds(sequence)) : nil)
    }
    try await store.write { transaction in for row in rows { try transaction.insertTask(row) } }
    let found = try await store.read { transaction in
      var found: [TaskRow] = []
      try transaction.eachTask { found.append($0) }
      return found
    }
    #expect(found == rows, "\(seed)")
    let schedule = ScheduleRow(
      id: ScheduleID(), definition: [1], state: "Active", baseAt: .epoch, heldAt: .epoch + .seconds(1))
    let runs = (1...5).map {
      ScheduleRunRow(
        scheduleID: schedule.id, ordinal: $0, nominalAt: .epoch, firedAt: .epoch, outcome: "Fired", taskID: TaskID())
    }
    try await store.write { transaction in
      try transaction.putSchedule(schedule)
      for run in runs { try transaction.insertScheduleRun(run, keeping: 3) }
    }
    #expect(try await store.read { try $0.schedules() } == [schedule])
    #expect(try await store.read { try $0.scheduleRuns() } == Array(runs.suffix(3)))
    try await store.write { try $0.removeSchedule(schedule.id) }
    #expect(try await store.read { try $0.scheduleRuns() } == [])
    await store.close()
  }
}
