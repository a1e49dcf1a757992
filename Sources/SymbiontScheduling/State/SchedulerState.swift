package import SymbiontCore
import SymbiontStore

/// The scheduler without clock, disk or threads: it is told what happened and says what is to be done.
///
/// Events are the methods that take a ``Moment``; they leave actions to be taken with ``takeActions()`` and records to be
/// written with ``takeBatch()``. Whoever writes them tells the outcome by ``committed(_:now:)`` or ``refused(_:because:now:)``.
/// One batch is written at a time, and records become durable in the order in which they were made.
package struct SchedulerState: Sendable {
  /// How many records may wait for the store before no further task is admitted.
  package static let recordsBeforePause = 65_536
  /// How many records go into one transaction.
  package static let recordsPerBatch = 2_048
  /// How long records wait that the store refused, in microseconds.
  package static let storePause: Int64 = 1_000_000
  /// By how much a task that comes due late may count as older than it is ready, in microseconds.
  static let countedLateness: Int64 = 1_000_000

  let configuration: SchedulerConfig
  let options: SchedulerOptions
  let retryDelay: RetryDelay

  var table = TaskTable()
  var readyQueue: ReadyQueue
  /// Civil times at which tasks come due.
  var dueTimes = TimerQueue()
  /// Elapsed times of timeouts and repeats.
  var deadlines = TimerQueue()
  var handedBack = HandedBackTasks()
  var workers: WorkerPool
  var finished: FinishedHistory
  var schedules: ScheduleTable
  var metrics = SchedulerMetrics()
  var queueTimes = MeanTime()
  var runTimes = MeanTime()
  var random: MixedRandom

  var admittedCount = 0
  /// How many of the admitted tasks have no place, because their agents are held.
  var heldCount = 0
  var waitingCount = 0
  var nextSequence: Int64 = 1
  var nextOrdinal: Int64 = 1
  var isPaused = false
  /// Whether tasks are admitted and schedules come due; until then both only wait.
  var hasBegun: Bool
  /// Whether the scheduler before this one was not shut down.
  var wasLeftOpen = false
  var isShuttingDown = false
  var shutdownRequests: [CallID] = []
  /// Whether an interrupted attempt goes on when it is carried out again.
  let resumesAttempts: Bool
  var nextHealthCheck: Int64?

  var actions: [SchedulerAction] = []
  var outbox: [JournalEntry] = []
  var isWriting = false
  /// When records that the store refused are written again.
  var writesAgainAt: Int64?

  package init(
    configuration: SchedulerConfig, options: SchedulerOptions, workers: [any TaskWorker], seed: UInt64, now: Moment,
    begins: Bool = true
  ) {
    self.configuration = configuration
    self.options = options
    retryDelay = RetryDelay(options)
    readyQueue = ReadyQueue(
      rules: .init(
        ageing: options.ageingInterval.microseconds, usesPriorities: configuration.isPrioritySchedulingEnabled,
        tasksPerAgent: options.tasksPerAgent))
    self.workers = WorkerPool(workers, strategy: configuration.loadBalancingStrategy)
    resumesAttempts = workers.allSatisfy(\.resumesAttempts)
    finished = FinishedHistory(limit: options.finishedTasks, bytes: options.finishedBytes)
    schedules = ScheduleTable(runsPerSchedule: options.runsPerSchedule)
    random = MixedRandom(seed: seed)
    hasBegun = begins
    if !self.workers.checked.isEmpty {
      nextHealthCheck = now.elapsed + configuration.healthCheckInterval.microseconds
    }
  }

  /// What is to be done since the last call.
  package mutating func takeActions() -> [SchedulerAction] {
    guard !actions.isEmpty else { return [] }
    defer { actions = [] }
    return actions
  }

  /// The civil time at which something comes due.
  package var nextCivilTime: Int64? {
    guard hasBegun, let schedule = schedules.times.nextTime else { return dueTimes.nextTime }
    return dueTimes.nextTime.map { min($0, schedule) } ?? schedule
  }

  /// The elapsed time at which something comes due.
  package var nextElapsedTime: Int64? {
    [deadlines.nextTime, nextHealthCheck, writesAgainAt].compactMap { $0 }.min()
  }

  /// Fires what is due.
  package mutating func alarm(_ now: Moment) {
    let civil = now.civil.microsecondsSinceEpoch
    while let slot = dueTimes.fire(upTo: civil) {
      let lateness = min(civil - table[slot].dueAt.microsecondsSinceEpoch, Self.countedLateness)
      makeReady(slot, readyAt: now.elapsed - lateness)
    }
    while let slot = deadlines.fire(upTo: now.elapsed) { passDeadline(slot, now) }
    while hasBegun, let slot = schedules.times.fire(upTo: civil) { scheduleDue(slot, now) }
    if let time = writesAgainAt, time <= now.elapsed { writesAgainAt = nil }
    if let time = nextHealthCheck, time <= now.elapsed {
      nextHealthCheck = now.elapsed + configuration.healthCheckInterval.microseconds
      for worker in workers.checked { actions.append(.checkHealth(worker: worker)) }
    }
    admit(now)
  }

  /// Notes how a worker is; nil when its check failed.
  package mutating func healthChecked(_ worker: Int, _ health: WorkerHealth?, now: Moment) {
    if workers.checked(worker, health) { admit(now) }
  }

  private mutating func passDeadline(_ slot: UInt32, _ now: Moment) {
    switch table[slot].phase {
    case .running:
      guard table[slot].stop == nil else { return }
      table[slot].stop = .timedOut
      actions.append(.stop(slot: slot))
    case .backingOff: endBackOff(slot, now)
    default: break
    }
  }

  /// Lets a task be admitted that waited for its next attempt.
  mutating func endBackOff(_ slot: UInt32, _ now: Moment) {
    deadlines.cancel(slot)
    handedBack.remove(slot, of: table[slot].task.agentID)
    makeReady(slot, readyAt: now.elapsed)
  }

  mutating func makeReady(_ slot: UInt32, readyAt: Int64) {
    table[slot].phase = .ready
    table[slot].readyAt = readyAt
    let task = table[slot].task
    readyQueue.insert(slot, agentID: task.agentID, priority: task.priority, key: table[slot].key)
  }

  /// Admits what may be: as many tasks as there are places.
  mutating func admit(_ now: Moment) {
    guard hasBegun, !isPaused, !isShuttingDown else { return }
    while admittedCount - heldCount < configuration.maxConcurrentTasks, workers.freePlaces > 0,
      outbox.count < Self.recordsBeforePause, let slot = readyQueue.admit()
    {
      // There is a free place, so there is a worker that has it.
      guard let worker = workers.occupy() else { return }
      start(slot, on: worker, now)
    }
  }

  private mutating func start(_ slot: UInt32, on worker: Int, _ now: Moment) {
    let attempt = TaskRow.Attempt(
      executionID: ExecutionID(timestamp: now.civil, using: &random), startedAt: now.civil)
    admittedCount += 1
    waitingCount -= 1
    queueTimes.add(now.elapsed - table[slot].readyAt)
    if table[slot].isRetrying { metrics.retriedAttempts += 1 }
    table[slot].attempt = attempt
    table[slot].isRetrying = false
    table[slot].stop = nil
    table[slot].isHandedBack = false
    table[slot].mayRepeatAtOnce = false
    table[slot].worker = worker
    table[slot].phase = .starting
    let isAwaited = table[slot].awaitsStart
    outbox.append(
      JournalEntry(
        .start(sequence: table[slot].sequence, slot: slot, attempt: attempt, isAwaited: isAwaited)))
    if !isAwaited { perform(slot, now) }
  }

  /// Sets the time at which an attempt has taken too long.
  private mutating func setTimeout(_ slot: UInt32) {
    deadlines.set(slot, at: table[slot].startedElapsed + table[slot].task.timeout.microseconds)
  }

  /// Lets the time of a running task stand still, and has it leave its place to others: its agent is held.
  mutating func hold(_ slot: UInt32, _ now: Moment) {
    table[slot].heldElapsed = now.elapsed
    if table[slot].stop == nil { deadlines.cancel(slot) }
    workers.release(table[slot].worker)
    heldCount += 1
  }

  /// Lets the time of a running task go on, and gives it a place again: its agent is let go.
  mutating func letGo(_ slot: UInt32, _ now: Moment) {
    guard let since = table[slot].heldElapsed.take() else { return }
    table[slot].startedElapsed += now.elapsed - since
    if table[slot].stop == nil { setTimeout(slot) }
    workers.occupyAgain(table[slot].worker)
    heldCount -= 1
  }

  /// Has the work of an admitted task begin.
  mutating func perform(_ slot: UInt32, _ now: Moment) {
    guard let attempt = table[slot].attempt else { return }
    table[slot].phase = .running
    table[slot].startedElapsed = now.elapsed
    if readyQueue.isHeld(table[slot].task.agentID) { hold(slot, now) } else { setTimeout(slot) }
    actions.append(
      .perform(
        slot: slot, worker: table[slot].worker,
        TaskAttempt(
          task: table[slot].task, executionID: attempt.executionID, scheduleID: table[slot].scheduleID)))
  }
}

/// The mean of times.
struct MeanTime: Sendable {
  private var sum: Int64 = 0
  private var count: Int64 = 0

  mutating func add(_ microseconds: Int64) {
    sum &+= max(0, microseconds)
    count += 1
  }

  var mean: Duration { count == 0 ? .zero : .microseconds(sum / count) }
}
