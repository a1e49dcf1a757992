import SymbiontCore
import SymbiontScheduling
import SymbiontTesting
import Testing

@Suite("The times of a schedule")
struct SchedulePlanTests {
  private static func plan(_ expression: String, zone: String = "UTC") throws -> SchedulePlan {
    try SchedulePlan(.cron(expression, timeZone: zone), zones: ZoneDatabase())
  }

  private static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

  @Test(
    "are the last ones, however many passed, without going through all of them", .timeLimit(.minutes(1)),
    arguments: [
      ("* * * * * *", "2026-07-01T00:00:00Z"),
      ("* * * * * * 2020", "2020-12-31T23:59:59Z"),
      ("* * * 1 1 *", "2026-01-01T23:59:59Z"),
      ("* * * * 1-6 * 1975-2026/7", "2024-06-30T23:59:59Z"),
    ])
  func dense(expression: String, last: String) throws {
    let plan = try Self.plan(expression)
    let last = try Self.time(last)
    let now = try Self.time("2026-07-01T00:00:00Z")
    for limit in [1, 2, 101] {
      let times = plan.times(after: .epoch, through: now, limit: limit)
      #expect(times == (0..<limit).reversed().map { last - .seconds($0) })
    }
  }

  @Test("are what going through all of them gives, also where clocks change")
  func enumeration() throws {
    let seed = SeededRandom.forTest()
    var random = seed
    let changes = [try Self.time("2026-03-29T01:00:00Z"), try Self.time("2026-10-25T01:00:00Z")]
    let expressions = ["*/20 * * * * *", "0 */5 1-3 * * *", "30 2 * * *", "7 * * * 1,0", "59 59 23 28 3 *"]
    for _ in 0..<60 {
      let plan = try Self.plan(expressions.randomElement(using: &random) ?? "", zone: "Europe/Berlin")
      let middle = changes.randomElement(using: &random) ?? .epoch
      let base = middle - .milliseconds(.random(in: 0...40_000_000, using: &random))
      let now = middle + .milliseconds(.random(in: 0...40_000_000, using: &random))
      var all: [Timestamp] = []
      while let next = plan.next(after: all.last ?? base), next <= now { all.append(next) }
      let limit = Int.random(in: 1...12, using: &random)
      #expect(plan.times(after: base, through: now, limit: limit) == all.suffix(limit), "\(seed)")
    }
  }

  @Test("of an interval after a long time are found at once", .timeLimit(.minutes(1)))
  func interval() async throws {
    let stage = try await SchedulerStage()
    let start = stage.clock.now().civil
    let schedule = TaskSchedule(id: ScheduleID(), agentID: SchedulerStage.agent, trigger: .interval(.seconds(2)))
    try await stage.scheduler.addSchedule(schedule)
    try await stage.scheduler.pauseSchedule(schedule.id)
    stage.clock.advance(by: .seconds(1_000_000_001))
    #expect(
      try await stage.scheduler.nextRuns(of: schedule.id, count: 2)
        == [start + .seconds(1_000_000_002), start + .seconds(1_000_000_004)])
    try await stage.scheduler.shutdown()
  }

  @Test(
    "that were missed in great number are dealt with as their policy says", .timeLimit(.minutes(1)),
    arguments: [
      (MissedRunPolicy.skip, [ScheduleRun.Outcome.missed]), (.once, [.fired]),
      (.all, [.missed] + Array(repeating: .fired, count: 100)),
    ])
  func missed(policy: MissedRunPolicy, expected: [ScheduleRun.Outcome]) async throws {
    let options = SchedulerOptions(runsPerSchedule: 1_000)
    let stage = try await SchedulerStage(options: options)
    let schedule = TaskSchedule(
      id: ScheduleID(), agentID: SchedulerStage.agent, trigger: .cron("* * * * * * 2026", timeZone: "UTC"),
      missedRuns: policy, overlap: .allow)
    try await stage.scheduler.addSchedule(schedule)
    try await stage.scheduler.shutdown()
    let clock = ManualSchedulerClock()
    clock.advance(by: .seconds(63_072_000))
    let next = try await SchedulerStage(options: options, store: stage.store, clock: clock)
    try await waitUntil(next) { try await !$0.history(of: schedule.id).isEmpty }
    let runs = try await next.scheduler.history(of: schedule.id)
    let last = try Self.time("2026-12-31T23:59:59Z")
    #expect(runs.map(\.outcome) == expected)
    #expect(runs.map(\.nominalTime) == expected.indices.reversed().map { last - .seconds($0) })
    #expect(await next.scheduler.schedules().map(\.state) == [.ended])
    next.performer.endAll()
    try await next.scheduler.shutdown()
  }
}
