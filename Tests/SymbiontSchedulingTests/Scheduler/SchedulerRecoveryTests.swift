import SymbiontCore
import SymbiontScheduling
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("A scheduler after a crash")
struct SchedulerRecoveryTests {
  /// Leaves a scheduler behind without shutting it down; its work goes on in no process.
  private static func restart(_ stage: SchedulerStage, _ configuration: SchedulerConfig = SchedulerConfig())
    async throws
    -> SchedulerStage
  {
    stage.clock.stop()
    let clock = ManualSchedulerClock()
    clock.advance(by: stage.clock.now().civil - clock.now().civil)
    return try await SchedulerStage(configuration, store: stage.store, clock: clock)
  }

  /// Waits until the start of the task is on disk.
  private static func waitForStart(_ stage: SchedulerStage, _ id: TaskID) async throws {
    try await waitUntil(stage) { _ in
      try await stage.store.read { transaction in
        var isStarted = false
        try transaction.eachTask { if $0.task.id == id, $0.attempt != nil { isStarted = true } }
        return isStarted
      }
    }
  }

  @Test("has every acknowledged task exactly once")
  func tasks() async throws {
    let stage = try await SchedulerStage(SchedulerConfig(maxConcurrentTasks: 1))
    let tasks = (0..<50).map { stage.task(after: Int64(100 + $0)) }
    for task in tasks { try await stage.scheduler.scheduleTask(task) }
    let next = try await Self.restart(stage)
    #expect(await next.scheduler.listPendingTasks() == tasks)
    try await next.scheduler.shutdown()
  }

  @Test("runs a task again that was interrupted, and counts the attempt")
  func runAgain() async throws {
    let stage = try await SchedulerStage()
    let task = stage.task()
    try await stage.begin(task)
    try await Self.waitForStart(stage, task.id)
    let next = try await Self.restart(stage)
    guard case .retrying(attempt: 2, _) = try await next.scheduler.getTaskStatus(task.id) else {
      Issue.record("it is not repeated")
      return
    }
    next.clock.advance(by: .seconds(1))
    await next.performer.waitForAttempts(1)
    #expect(next.performer.begun.map(\.task.retryCount) == [1])
    next.performer.end(task.id)
    #expect(try await next.scheduler.finalStatus(of: task.id) == .completed(result: []))
    try await next.scheduler.shutdown()
  }

  @Test("gives a task up that kills the runtime each time, when its attempts are used up")
  func poison() async throws {
    let configuration = SchedulerConfig(retryAttempts: 1)
    var stage = try await SchedulerStage(configuration)
    let task = stage.task()
    try await stage.begin(task)
    try await Self.waitForStart(stage, task.id)
    stage = try await Self.restart(stage, configuration)
    stage.clock.advance(by: .seconds(1))
    // After a crash its work begins only when its start is on disk, so there is nothing to wait for.
    await stage.performer.waitForAttempts(1)
    stage = try await Self.restart(stage, configuration)
    let error = ErrorRecord(SchedulerError.interrupted(taskID: task.id))
    #expect(try await stage.scheduler.finalStatus(of: task.id) == .failed(error))
    #expect(stage.performer.begun.isEmpty)
    try await stage.scheduler.shutdown()
  }

  @Test("fails a task that must not begin twice")
  func fail() async throws {
    let stage = try await SchedulerStage()
    let task = stage.task(interruption: .fail)
    try await stage.begin(task)
    let next = try await Self.restart(stage)
    let error = ErrorRecord(SchedulerError.interrupted(taskID: task.id))
    #expect(try await next.scheduler.finalStatus(of: task.id) == .failed(error))
    #expect(next.performer.begun.isEmpty)
    try await next.scheduler.shutdown()
    // The end is remembered as well.
    let last = try await SchedulerStage(store: next.store)
    #expect(try await last.scheduler.getTaskStatus(task.id) == .failed(error))
    try await last.scheduler.shutdown()
  }

  @Test("begins nothing until it is let, when it was opened so, and counts no time of it before")
  func begin() async throws {
    let stage = try await SchedulerStage()
    let task = stage.task(timeout: .seconds(10))
    let schedule = TaskSchedule(id: ScheduleID(), agentID: SchedulerStage.agent, trigger: .interval(.seconds(60)))
    try await stage.begin(task)
    try await Self.waitForStart(stage, task.id)
    try await stage.scheduler.addSchedule(schedule)
    stage.clock.stop()
    let next = try await SchedulerStage(store: stage.store, begins: false)
    next.clock.advance(by: .seconds(670))
    #expect(next.performer.begun.isEmpty)
    #expect(await next.scheduler.listRunningTasks().isEmpty)
    #expect(try await next.scheduler.history(of: schedule.id).isEmpty)
    next.scheduler.begin()
    await next.performer.waitForAttempts(2)
    #expect(try await next.scheduler.history(of: schedule.id).map(\.outcome) == [.fired])
    next.clock.advance(by: .seconds(9))
    #expect(next.performer.cancelled.isEmpty)
    next.clock.advance(by: .seconds(1))
    #expect(next.performer.cancelled == [task.id])
    next.performer.endAll()
    try await next.scheduler.shutdown()
  }

  @Test("stays cautious when the one that followed the crash was shut down before it began")
  func neverBegun() async throws {
    func isOpen(_ store: Store) async throws -> Bool { try await store.read { try $0.schedulerState().isOpen } }
    let stage = try await SchedulerStage(begins: false)
    try await stage.scheduler.shutdown()
    #expect(try await !isOpen(stage.store))
    let crashed = try await SchedulerStage(store: stage.store)
    crashed.clock.stop()
    for _ in 0..<2 {
      try await SchedulerStage(store: stage.store, begins: false).scheduler.shutdown()
      #expect(try await isOpen(stage.store))
    }
    let last = try await SchedulerStage(store: stage.store, begins: false)
    last.scheduler.begin()
    try await last.scheduler.shutdown()
    #expect(try await !isOpen(stage.store))
  }

  @Test("remembers no more ended tasks than it may, the last ones")
  func history() async throws {
    let options = SchedulerOptions(finishedTasks: 5)
    let stage = try await SchedulerStage(options: options)
    let tasks = (0..<12).map { _ in stage.task() }
    for task in tasks {
      try await stage.begin(task)
      stage.performer.end(task.id)
      _ = try await stage.scheduler.finalStatus(of: task.id)
    }
    try await stage.scheduler.shutdown()
    let next = try await SchedulerStage(options: options, store: stage.store)
    for scheduler in [stage.scheduler, next.scheduler] {
      for task in tasks.dropLast(5) {
        await #expect(throws: SchedulerError.taskNotFound(taskID: task.id)) {
          try await scheduler.getTaskStatus(task.id)
        }
      }
      for task in tasks.suffix(5) { #expect(try await scheduler.getTaskStatus(task.id) == .completed(result: [])) }
    }
    #expect(try await stage.store.read { try $0.finishedTasks().count } == 5)
    try await next.scheduler.shutdown()
  }

  @Test("remembers no more bytes of results than it may, those of the tasks that ended last")
  func historyBytes() async throws {
    let options = SchedulerOptions(finishedBytes: 1_048_576)
    let stage = try await SchedulerStage(options: options)
    let tasks = (0..<5).map { _ in stage.task() }
    let result = [UInt8](repeating: 7, count: 500_000)
    for task in tasks {
      try await stage.begin(task)
      stage.performer.end(task.id, result: result)
      _ = try await stage.scheduler.finalStatus(of: task.id)
    }
    try await stage.scheduler.shutdown()
    // What is forgotten leaves the store with the next task that ends.
    #expect(try await stage.store.read { try $0.finishedTasks().count } == 3)
    let next = try await SchedulerStage(options: options, store: stage.store)
    for scheduler in [stage.scheduler, next.scheduler] {
      for task in tasks.dropLast(2) {
        await #expect(throws: SchedulerError.taskNotFound(taskID: task.id)) {
          try await scheduler.getTaskStatus(task.id)
        }
      }
      for task in tasks.suffix(2) { #expect(try await scheduler.getTaskStatus(task.id) == .completed(result: result)) }
    }
    try await next.scheduler.shutdown()
  }

  @Test("reads back from disk what it wrote there")
  func disk() async throws {
    let directory = try TemporaryStoreDirectory()
    let configuration = StoreConfiguration(durability: .disk(directory: directory.path))
    var stage = try await SchedulerStage(store: try Store.open(configuration))
    var task = stage.task(
      after: 60, .high, agent: SchedulerStage.other, timeout: .milliseconds(1_500), interruption: .fail)
    task.input = [0, 255, 7]
    try await stage.scheduler.scheduleTask(task)
    try await stage.scheduler.updateTaskPriority(task.id, priority: .low)
    await stage.store.close()
    stage = try await SchedulerStage(store: try Store.open(configuration))
    task.priority = .low
    #expect(await stage.scheduler.listPendingTasks() == [task])
    try await stage.scheduler.shutdown()
    await stage.store.close()
  }

  @Test("refuses calls when the store does, and changes nothing")
  func storeRefuses() async throws {
    let stage = try await SchedulerStage()
    let task = stage.task(after: 60)
    try await stage.scheduler.scheduleTask(task)
    await stage.store.close()
    let refused = stage.task()
    let scheduler = stage.scheduler
    let calls: [@Sendable () async throws -> Void] = [
      { try await scheduler.scheduleTask(refused) }, { try await scheduler.cancelTask(task.id) },
      { try await scheduler.updateTaskPriority(task.id, priority: .high) }, { try await scheduler.pauseScheduling() },
    ]
    for call in calls {
      let error = await #expect(throws: SchedulerError.self) { try await call() }
      #expect(error?.code == "SCHEDULER_STORE_FAILED")
      // Records wait a moment after the store refused; then it is asked again.
      stage.clock.advance(by: .seconds(1))
    }
    #expect(await scheduler.listPendingTasks() == [task])
    #expect(await scheduler.getSchedulerMetrics().isPaused == false)
    await #expect(throws: SchedulerError.taskNotFound(taskID: refused.id)) {
      try await scheduler.getTaskStatus(refused.id)
    }
  }
}
