import Foundation
import SymbiontCore
import SymbiontScheduling
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("Schedules")
struct ScheduleTests {
  private static func schedule(
    _ trigger: ScheduleTrigger = .interval(.seconds(60)), missed: MissedRunPolicy = .once,
    overlap: OverlapPolicy = .skip, jitter: Duration = .zero
  ) -> TaskSchedule {
    TaskSchedule(
      id: ScheduleID(), agentID: SchedulerStage.agent, trigger: trigger, input: [5], missedRuns: missed,
      overlap: overlap, jitter: jitter)
  }

  private static func outcomes(_ stage: SchedulerStage, _ id: ScheduleID) async throws -> [ScheduleRun.Outcome] {
    try await stage.scheduler.history(of: id).map(\.outcome)
  }

  /// Waits until so many times of the schedule have been dealt with.
  private static func runs(_ stage: SchedulerStage, _ id: ScheduleID, _ count: Int) async throws -> [ScheduleRun] {
    try await waitUntil(stage) { try await $0.history(of: id).count >= count }
    return try await stage.scheduler.history(of: id)
  }

  /// Ends the last begun work, and waits until that is known.
  private static func endLast(_ stage: SchedulerStage) async throws {
    guard let id = stage.performer.begun.last?.task.id else { return }
    stage.performer.end(id)
    _ = try await stage.scheduler.finalStatus(of: id)
  }

  @Test("make a task at each interval, with one alarm in between")
  func interval() async throws {
    let stage = try await SchedulerStage()
    let schedule = Self.schedule()
    let start = stage.clock.now().civil
    try await stage.scheduler.addSchedule(schedule)
    for turn in 1...3 {
      #expect(stage.clock.alarms.civil == start + .seconds(60 * turn))
      stage.clock.advance(by: .seconds(60))
      await stage.performer.waitForAttempts(turn)
      try await Self.endLast(stage)
    }
    #expect(stage.performer.begun.allSatisfy { $0.scheduleID == schedule.id && $0.task.input == [5] })
    let history = try await stage.scheduler.history(of: schedule.id)
    #expect(history.map(\.nominalTime) == (1...3).map { start + .seconds(60 * $0) })
    #expect(Set(history.compactMap(\.taskID)).count == 3)
    #expect(
      try await stage.scheduler.nextRuns(of: schedule.id, count: 2) == [start + .seconds(240), start + .seconds(300)])
    try await stage.scheduler.shutdown()
  }

  @Test("come due once at a time that is given, and then have ended")
  func once() async throws {
    let stage = try await SchedulerStage()
    let time = stage.clock.now().civil + .seconds(30)
    let schedule = Self.schedule(.once(at: time))
    try await stage.scheduler.addSchedule(schedule)
    stage.clock.advance(by: .seconds(30))
    await stage.performer.waitForAttempts(1)
    try await Self.endLast(stage)
    let status = try #require(await stage.scheduler.schedules().first)
    #expect(status.state == .ended && status.nextTime == nil && status.activeTasks.isEmpty)
    let past = Self.schedule(.once(at: time))
    await #expect(throws: SchedulerError.scheduleInvalid(expression: "\(past.id)", reason: "it never comes due")) {
      try await stage.scheduler.addSchedule(past)
    }
    try await stage.scheduler.shutdown()
  }

  @Test(
    "deal with times that were missed while the runtime was down as their policy says",
    arguments: [
      (MissedRunPolicy.skip, [ScheduleRun.Outcome.missed]), (.once, [.fired]),
      (.all, [.fired, .fired, .fired, .fired]),
    ])
  func missed(policy: MissedRunPolicy, expected: [ScheduleRun.Outcome]) async throws {
    let stage = try await SchedulerStage()
    let start = stage.clock.now().civil
    let schedule = Self.schedule(missed: policy, overlap: .allow)
    try await stage.scheduler.addSchedule(schedule)
    try await stage.scheduler.shutdown()
    // Four times pass, the last one 40 seconds ago.
    let clock = ManualSchedulerClock()
    clock.advance(by: .seconds(280))
    let next = try await SchedulerStage(store: stage.store, clock: clock)
    let runs = try await Self.runs(next, schedule.id, expected.count)
    #expect(runs.map(\.outcome) == expected)
    #expect(runs.last?.nominalTime == start + .seconds(240))
    #expect(await next.scheduler.schedules().map(\.nextTime) == [start + .seconds(300)])
    await next.performer.waitForAttempts(expected.filter { $0 == .fired }.count)
    next.performer.endAll()
    try await next.scheduler.shutdown()
  }

  @Test("that make up for missed times and replace earlier tasks begin only the last")
  func missedAndReplaced() async throws {
    let stage = try await SchedulerStage()
    let schedule = Self.schedule(missed: .all, overlap: .replace)
    try await stage.scheduler.addSchedule(schedule)
    try await stage.scheduler.shutdown()
    let clock = ManualSchedulerClock()
    clock.advance(by: .seconds(280))
    let next = try await SchedulerStage(store: stage.store, clock: clock)
    let runs = try await Self.runs(next, schedule.id, 4)
    for run in runs.dropLast() {
      #expect(try await next.scheduler.finalStatus(of: try #require(run.taskID)) == .cancelled)
    }
    await next.performer.waitForAttempts(1)
    #expect(next.performer.begun.map(\.task.id) == [runs.last?.taskID])
    next.performer.endAll()
    try await next.scheduler.shutdown()
  }

  @Test("deal with a time at which an earlier task runs as their policy says", arguments: OverlapPolicy.allCases)
  func overlap(policy: OverlapPolicy) async throws {
    let stage = try await SchedulerStage()
    let schedule = Self.schedule(overlap: policy)
    try await stage.scheduler.addSchedule(schedule)
    stage.clock.advance(by: .seconds(60))
    await stage.performer.waitForAttempts(1)
    let first = try #require(stage.performer.begun.first).task.id
    stage.clock.advance(by: .seconds(60))
    switch policy {
    case .skip:
      #expect(try await Self.runs(stage, schedule.id, 2).map(\.outcome) == [.fired, .overlapped])
      stage.performer.end(first)
    case .wait:
      #expect(stage.performer.begun.count == 1)
      stage.performer.end(first)
      await stage.performer.waitForAttempts(2)
      try await Self.endLast(stage)
    case .replace:
      await stage.performer.waitForAttempts(2)
      #expect(stage.performer.cancelled == [first])
      #expect(try await stage.scheduler.finalStatus(of: first) == .cancelled)
      try await Self.endLast(stage)
    case .allow:
      await stage.performer.waitForAttempts(2)
      #expect(await stage.scheduler.listRunningTasks().count == 2)
      stage.performer.end(first)
      try await Self.endLast(stage)
    }
    try await stage.scheduler.shutdown()
  }

  @Test("that are paused do not come due, and leave out what passed when they are resumed")
  func pause() async throws {
    let stage = try await SchedulerStage()
    let start = stage.clock.now().civil
    let schedule = Self.schedule(.cron("* * * * *", timeZone: "Europe/Berlin"), missed: .all)
    try await stage.scheduler.addSchedule(schedule)
    try await stage.scheduler.pauseSchedule(schedule.id)
    #expect(stage.clock.alarms.civil.map { $0 > start + .seconds(60) } ?? true || stage.clock.wakeups == 0)
    stage.clock.advance(by: .seconds(600))
    #expect(try await Self.outcomes(stage, schedule.id) == [])
    try await stage.scheduler.resumeSchedule(schedule.id)
    let next = try #require(await stage.scheduler.schedules().first?.nextTime)
    #expect(next > stage.clock.now().civil && next <= stage.clock.now().civil + .seconds(60))
    let task = try await stage.scheduler.triggerSchedule(schedule.id)
    await stage.performer.waitForAttempts(1)
    #expect(stage.performer.begun.map(\.task.id) == [task])
    try await Self.endLast(stage)
    #expect(try await Self.outcomes(stage, schedule.id) == [.triggered])
    try await stage.scheduler.removeSchedule(schedule.id)
    await #expect(throws: SchedulerError.scheduleNotFound(scheduleID: schedule.id)) {
      try await stage.scheduler.history(of: schedule.id)
    }
    try await stage.scheduler.shutdown()
  }

  /// What the disk holds at this moment, as after the end of the machine's power.
  private static func image(of store: Store, in directory: TemporaryStoreDirectory) async throws
    -> TemporaryStoreDirectory
  {
    let image = try TemporaryStoreDirectory()
    // Inside of a transaction nobody else commits.
    try await store.write { _ in
      for name in ["symbiont.sqlite", "symbiont.sqlite-wal"] {
        try FileManager.default.copyItem(atPath: "\(directory.path)/\(name)", toPath: "\(image.path)/\(name)")
      }
    }
    return image
  }

  @Test("fire each time once, whenever the runtime dies")
  func crashes() async throws {
    var directory = try TemporaryStoreDirectory()
    let store = try Store.open(StoreConfiguration(durability: .disk(directory: directory.path)))
    let schedule = Self.schedule(.interval(.seconds(10)), missed: .all, overlap: .allow)
    let clock = ManualSchedulerClock()
    let start = clock.now().civil
    var stage = try await SchedulerStage(store: store, clock: clock)
    try await stage.scheduler.addSchedule(schedule)
    let seed = SeededRandom.forTest()
    var random = seed
    var passed: Int64 = 0
    for _ in 0..<30 {
      let step = Int64.random(in: 1...45, using: &random)
      passed += step
      stage.clock.advance(by: .seconds(step))
      // The process dies at once: what it had written decides.
      let left = try await Self.image(of: stage.store, in: directory)
      stage.clock.stop()
      stage.performer.endAll()
      try await stage.scheduler.shutdown()
      await stage.store.close()
      directory = left
      let next = ManualSchedulerClock()
      next.advance(by: .seconds(passed))
      let store = try Store.open(StoreConfiguration(durability: .disk(directory: directory.path)))
      stage = try await SchedulerStage(store: store, clock: next)
    }
    let count = Int(passed / 10)
    let runs = try await Self.runs(stage, schedule.id, min(count, 100))
    stage.performer.endAll()
    try await stage.scheduler.shutdown()
    await stage.store.close()
    #expect(runs.map(\.nominalTime) == (1...count).suffix(100).map { start + .seconds(10 * $0) }, "\(seed)")
    #expect(runs.allSatisfy { $0.outcome == .fired }, "\(seed)")
    #expect(Set(runs.map(\.taskID)).count == runs.count, "\(seed)")
  }

  @Test("follow the clock when it is set: no time comes due twice, and none waits for ever")
  func clockJumps() async throws {
    let stage = try await SchedulerStage()
    let interval = Self.schedule(missed: .once)
    let hourly = Self.schedule(.cron("0 12 * * *", timeZone: "UTC"))
    try await stage.scheduler.addSchedule(interval)
    try await stage.scheduler.addSchedule(hourly)
    // The clock was a day ahead, and is corrected.
    stage.clock.setClock(by: .seconds(86_400))
    await stage.performer.waitForAttempts(2)
    stage.performer.endAll()
    for attempt in stage.performer.begun { _ = try await stage.scheduler.finalStatus(of: attempt.task.id) }
    stage.clock.setClock(by: .seconds(-86_400))
    let now = stage.clock.now().civil
    let next = await stage.scheduler.schedules().compactMap(\.nextTime)
    #expect(next.allSatisfy { $0 > now && $0 <= now + .seconds(86_400) })
    // After a step of two hours back, within what cron takes for daylight-saving time, nothing that ran runs again.
    let noon = try #require(next.max())
    stage.clock.setClock(by: noon - now)
    await stage.performer.waitForAttempts(4)
    stage.performer.endAll()
    for attempt in stage.performer.begun { _ = try await stage.scheduler.finalStatus(of: attempt.task.id) }
    stage.clock.setClock(by: .seconds(-7_200))
    let again = try #require(await stage.scheduler.schedules().first { $0.schedule.id == hourly.id }?.nextTime)
    #expect(again == noon + .seconds(86_400))
    try await stage.scheduler.shutdown()
  }

  @Test("delay their tasks by chance, up to their jitter, and by the same after a crash")
  func jitter() async throws {
    let stage = try await SchedulerStage()
    let schedule = Self.schedule(.interval(.seconds(60)), overlap: .allow, jitter: .seconds(30))
    let start = stage.clock.now().civil
    try await stage.scheduler.addSchedule(schedule)
    var delays: Set<Duration> = []
    for turn in 1...5 {
      stage.clock.advance(by: .seconds(60))
      _ = try await Self.runs(stage, schedule.id, turn)
      for task in await stage.scheduler.listPendingTasks() where task.scheduledTime >= start + .seconds(60 * turn) {
        delays.insert(task.scheduledTime - (start + .seconds(60 * turn)))
      }
    }
    #expect(delays.count > 1 && delays.allSatisfy { $0 >= .zero && $0 <= .seconds(30) })
    stage.performer.endAll()
    try await stage.scheduler.shutdown()
  }

  @Test(
    "are read from JSON as they are written",
    arguments: [
      ScheduleTrigger.interval(.seconds(5)), .cron("0 3 * * *", timeZone: "Europe/Berlin"), .once(at: .epoch),
    ])
  func json(trigger: ScheduleTrigger) throws {
    let schedule = Self.schedule(trigger, missed: .all, overlap: .replace, jitter: .milliseconds(1_500))
    let data = try JSONEncoder().encode(schedule)
    #expect(try JSONDecoder().decode(TaskSchedule.self, from: data) == schedule)
  }

  @Test(
    "that are wrong are refused",
    arguments: [
      (ScheduleTrigger.interval(.milliseconds(10)), "an interval lasts from a second to a year"),
      (.cron("* * * * *", timeZone: "Mars/Olympus"), "the system's tzdata has no such time zone"),
      (.cron("* *", timeZone: "UTC"), "it has 2 fields instead of 5, 6 or 7"),
      (.cron("0 0 31 2 *", timeZone: "UTC"), "it never comes due"),
    ])
  func wrong(trigger: ScheduleTrigger, reason: String) async throws {
    let stage = try await SchedulerStage()
    let error = await #expect(throws: SchedulerError.self) {
      try await stage.scheduler.addSchedule(Self.schedule(trigger))
    }
    #expect(error?.message.hasSuffix(reason) == true)
    try await stage.scheduler.shutdown()
  }
}
