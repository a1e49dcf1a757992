import Foundation
import SymbiontCore
import SymbiontScheduling
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("The schedules of one agent")
struct ScheduleTableTests {
  private static let now = Moment(civil: Timestamp(microsecondsSinceEpoch: 1_770_000_000_000_000), elapsed: 0)

  private static func agents(_ random: inout SeededRandom) -> [AgentID] {
    (0..<5).map { _ in AgentID(timestamp: .epoch, using: &random) }
  }

  private static func entry(_ agentID: AgentID, _ random: inout SeededRandom) throws -> ScheduleEntry {
    let id = ScheduleID(timestamp: now.civil, using: &random)
    return try ScheduleEntry(
      TaskSchedule(id: id, agentID: agentID, trigger: .interval(.seconds(60))), zones: ZoneDatabase(), base: now.civil)
  }

  private static func state(_ seed: UInt64) -> SchedulerState {
    let workers = [SimulatedWorld.Worker(name: "0", capacity: 1, weight: 1)]
    return SchedulerState(
      configuration: SchedulerConfig(), options: SchedulerOptions(), workers: workers, seed: seed, now: now)
  }

  /// Compares what is found by agent with a search through all.
  private static func check(_ state: SchedulerState, _ agents: [AgentID], _ seed: SeededRandom) {
    let all = state.scheduleStatuses()
    for agentID in agents {
      #expect(state.scheduleStatuses(of: agentID) == all.filter { $0.schedule.agentID == agentID }, "\(seed)")
      #expect(state.isScheduled(agentID) == state.scheduledAgents.contains(agentID), "\(seed)")
    }
    #expect(state.scheduledAgents.isSuperset(of: all.map(\.schedule.agentID)), "\(seed)")
  }

  @Test("are found as a search through all finds them, whatever is added, removed and refused by the store")
  func model() throws {
    for index in 0..<50 {
      let seed = SeededRandom.forTest().branch(index)
      var random = seed
      let agents = Self.agents(&random)
      var state = Self.state(random.next())
      var ids: [ScheduleID] = []
      for step in 0..<200 {
        let request = CallID(UInt64(step + 1))
        switch Int.random(in: 0..<6, using: &random) {
        case 0...2:
          let entry = try Self.entry(agents.randomElement(using: &random) ?? agents[0], &random)
          ids.append(entry.schedule.id)
          state.addSchedule(entry, request: request, now: Self.now)
        case 3:
          if let id = ids.randomElement(using: &random) { state.removeSchedule(id, request: request) }
        case 4:
          let batch = state.takeBatch()
          if !batch.isEmpty { state.committed(batch, now: Self.now) }
        default:
          let batch = state.takeBatch()
          if !batch.isEmpty { state.refused(batch, because: "the disk is full", now: Self.now) }
          // Records are written again only after a while.
          state.alarm(Moment(civil: Self.now.civil, elapsed: SchedulerState.storePause))
        }
        Self.check(state, agents, seed)
      }
    }
  }

  @Test("are found after a start, and of an agent whose last one is removed nothing is kept")
  func lastOne() throws {
    var random = SeededRandom.forTest()
    let agents = Self.agents(&random)
    var state = Self.state(random.next())
    var stored = SchedulerState.Stored()
    for agentID in agents {
      let schedule = try Self.entry(agentID, &random).schedule
      let row = ScheduleRow(
        id: schedule.id, definition: [UInt8](try JSONEncoder().encode(schedule)),
        state: ScheduleStatus.State.active.rawValue, baseAt: Self.now.civil, heldAt: nil)
      stored.schedules.append(try ScheduleEntry(row, zones: ZoneDatabase()))
    }
    state.restore(stored, now: Self.now)
    #expect(state.scheduledAgents == Set(agents))
    for status in state.scheduleStatuses(of: agents[0]) {
      state.removeSchedule(status.schedule.id, request: CallID(1))
    }
    state.committed(state.takeBatch(), now: Self.now)
    #expect(state.scheduledAgents == Set(agents.dropFirst()))
    #expect(!state.isScheduled(agents[0]) && state.isScheduled(agents[1]))
  }
}
