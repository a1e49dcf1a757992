import Logging
import SymbiontCore
import SymbiontScheduling
import SymbiontStore
import SymbiontTesting

/// A scheduler for one test, with everything around it.
struct SchedulerStage {
  static let agent = AgentID(value: UniqueValue(high: 7, low: 1))
  static let other = AgentID(value: UniqueValue(high: 7, low: 2))

  let store: Store
  let clock: ManualSchedulerClock
  let performer: StagedPerformer
  let scheduler: DefaultScheduler

  init(
    _ configuration: SchedulerConfig = SchedulerConfig(), options: SchedulerOptions = SchedulerOptions(retryJitter: 0),
    store: Store? = nil, clock: ManualSchedulerClock = ManualSchedulerClock(),
    performer: StagedPerformer = StagedPerformer(), workers: [any TaskWorker]? = nil, begins: Bool = true
  ) async throws {
    let store = try store ?? Store.open(StoreConfiguration(durability: .memory))
    self.store = store
    self.clock = clock
    self.performer = performer
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    scheduler =
      if let workers {
        try await DefaultScheduler.open(
          configuration, options: options, store: store, workers: workers, clock: clock, logger: logger)
      } else {
        try await DefaultScheduler.open(
          configuration, options: options, store: store, performer: performer, clock: clock, held: [], begins: begins,
          logger: logger)
      }
  }

  /// A task that is due after so many seconds.
  func task(
    after seconds: Int64 = 0, _ priority: Priority = .normal, agent: AgentID = SchedulerStage.agent,
    timeout: Duration = .seconds(60), interruption: InterruptionPolicy = .runAgain
  ) -> ScheduledTask {
    ScheduledTask(
      id: TaskID(), agentID: agent, priority: priority, scheduledTime: clock.now().civil + .seconds(seconds),
      timeout: timeout, interruption: interruption)
  }

  /// Takes a task and waits until its work begins.
  func begin(_ task: ScheduledTask) async throws {
    let before = performer.begun.count
    try await scheduler.scheduleTask(task)
    await performer.waitForAttempts(before + 1)
  }
}
