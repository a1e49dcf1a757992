public import Logging
public import SymbiontCore
public import SymbiontStore
import Synchronization

/// The scheduler: decides when which task is carried out, and by which worker (specification, "Scheduler").
///
/// Tasks are durable before they are acknowledged, and each is there exactly once after a crash. What happens to a task
/// that was being executed then is its ``InterruptionPolicy``. Nothing runs while no task is due: the scheduler wakes by
/// one timer a clock, and by what it is told.
///
/// - Important: Open it once for each store, which it expects to be the only one to change its records.
public final class DefaultScheduler: Scheduler {
  let store: Store
  let clock: any SchedulerClock
  let zones: ZoneDatabase
  let workers: [any TaskWorker]
  let options: SchedulerOptions
  let logger: Logger
  let core: Mutex<Core>

  /// What is shared between threads.
  struct Core {
    var state: SchedulerState
    var waiting: [CallID: CheckedContinuation<SchedulerAnswer, Never>] = [:]
    var work: [UInt32: Work] = [:]
    var checks: [Int: Task<Void, Never>] = [:]
    var lastRequest: UInt64 = 0
    var alarms = Alarms()
    /// Whether records are left to gather for a moment before the next ones are written.
    var isGathering = false
  }

  /// Work that was begun and has not ended.
  struct Work {
    var executionID: ExecutionID
    var task: Task<Void, Never>
  }

  /// The alarms that are set.
  struct Alarms: Equatable {
    var civil: Int64?
    var elapsed: Int64?
  }

  init(
    state: SchedulerState, store: Store, clock: any SchedulerClock, zones: ZoneDatabase, workers: [any TaskWorker],
    options: SchedulerOptions, logger: Logger
  ) {
    self.store = store
    self.clock = clock
    self.zones = zones
    self.workers = workers
    self.options = options
    self.logger = logger
    core = Mutex(Core(state: state))
  }

  deinit {
    clock.stop()
  }

  /// Opens the scheduler on what the store holds; it begins at once to carry out what is due.
  ///
  /// - Parameters:
  ///   - performer: Carries tasks out, in as many lanes of this process as the configuration has worker threads.
  ///   - clock: The time; without one, the machine's.
  /// - Throws: ``RuntimeError/configuration(_:)`` when a field is outside of its bounds, and
  ///   ``RuntimeError/scheduler(_:)`` when what is stored cannot be read.
  public static func open(
    _ configuration: SchedulerConfig = SchedulerConfig(), options: SchedulerOptions = SchedulerOptions(), store: Store,
    performer: any TaskPerformer, clock: (any SchedulerClock)? = nil,
    logger: Logger = Logger(label: "symbiont.scheduler")
  ) async throws(RuntimeError) -> DefaultScheduler {
    try await open(
      configuration, options: options, store: store, performer: performer, clock: clock, held: [], logger: logger)
  }

  /// The same, with agents of which no task begins until they are let go; one that does not begin waits for ``begin()``.
  package static func open(
    _ configuration: SchedulerConfig, options: SchedulerOptions, store: Store, performer: any TaskPerformer,
    clock: (any SchedulerClock)?, held: [AgentID], begins: Bool = true, logger: Logger
  ) async throws(RuntimeError) -> DefaultScheduler {
    let lanes = max(1, min(configuration.workerThreads, configuration.maxConcurrentTasks))
    let capacity = (configuration.maxConcurrentTasks + lanes - 1) / lanes
    let workers = (0..<lanes).map { LocalLane(name: "lane-\($0)", capacity: capacity, performer: performer) }
    return try await open(
      configuration, options: options, store: store, workers: workers, clock: clock, zones: ZoneDatabase(),
      seed: .random(in: .min ... .max), held: held, begins: begins, logger: logger)
  }

  /// The same with workers of the caller's making, at least one.
  public static func open(
    _ configuration: SchedulerConfig, options: SchedulerOptions = SchedulerOptions(), store: Store,
    workers: [any TaskWorker], clock: (any SchedulerClock)? = nil,
    logger: Logger = Logger(label: "symbiont.scheduler")
  ) async throws(RuntimeError) -> DefaultScheduler {
    try await open(
      configuration, options: options, store: store, workers: workers, clock: clock, zones: ZoneDatabase(),
      seed: .random(in: .min ... .max), logger: logger)
  }

  package static func open(
    _ configuration: SchedulerConfig, options: SchedulerOptions, store: Store, workers: [any TaskWorker],
    clock given: (any SchedulerClock)?, zones: ZoneDatabase, seed: UInt64, held: [AgentID] = [], begins: Bool = true,
    logger: Logger
  ) async throws(RuntimeError) -> DefaultScheduler {
    let clock: any SchedulerClock
    do throws(ConfigurationError) {
      try configuration.validate()
      try options.validate()
      guard !workers.isEmpty else { throw .missing(field: "workers") }
      if let given { clock = given } else { clock = try SystemSchedulerClock() }
    } catch { throw .configuration(error) }
    var state = SchedulerState(
      configuration: configuration, options: options, workers: workers, seed: seed, now: clock.now(),
      begins: begins)
    for agentID in held { state.setHeld(agentID, true, now: clock.now()) }
    do throws(SchedulerError) {
      state.restore(try await SchedulerJournal(store: store).takeOver(keeping: options, zones: zones), now: clock.now())
    } catch { throw .scheduler(error) }
    let scheduler = DefaultScheduler(
      state: state, store: store, clock: clock, zones: zones, workers: workers, options: options, logger: logger)
    clock.start { [weak scheduler] event in scheduler?.clockTold(event) }
    scheduler.perform { _, _ in }
    return scheduler
  }

  /// Begins to carry out what is due, when it was opened to wait with that; the time of a task begins with its work.
  package func begin() {
    perform { core, now in core.state.begin(now) }
  }

  private func clockTold(_ event: SchedulerClockEvent) {
    perform { core, now in
      // An alarm that was told is not set any more; which of the two it was need not be known.
      core.alarms = Alarms()
      switch event {
      case .alarm: core.state.alarm(now)
      case .clockWasSet: core.state.clockWasSet(now)
      }
    }
  }
}
