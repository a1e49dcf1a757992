public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultScheduler {
  /// Takes a task; it is durable when this returns.
  public func scheduleTask(_ task: ScheduledTask) async throws(SchedulerError) {
    try await scheduleTasks([task])
  }

  /// Takes tasks, all or none, in one transaction; they are durable when this returns.
  public func scheduleTasks(_ tasks: [ScheduledTask]) async throws(SchedulerError) {
    try await demand { $0.schedule(tasks, request: $1, now: $2) }
  }

  /// Cancels a task, whether it waits or runs: its work is stopped, and has stopped when this returns.
  ///
  /// - Throws: ``SchedulerError/taskFinished(taskID:status:)`` when it has ended, or ends otherwise while it is stopped.
  public func cancelTask(_ taskID: TaskID) async throws(SchedulerError) {
    let task = core.withLock { $0.state.task(taskID) }
    try await demand { $0.cancel(taskID, request: $1, now: $2) }
    if let task { await workers.first?.abandon(task) }
  }

  /// What became of the task.
  public func getTaskStatus(_ taskID: TaskID) async throws(SchedulerError) -> TaskStatus {
    guard let status = core.withLock({ $0.state.status(of: taskID) }) else { throw .taskNotFound(taskID: taskID) }
    return status
  }

  /// The last status of the task, once it has ended.
  ///
  /// - Throws: ``SchedulerError/shuttingDown`` when the scheduler was shut down before the task began.
  public func finalStatus(of taskID: TaskID) async throws(SchedulerError) -> TaskStatus {
    switch await request({ state, request, _ in state.awaitEnd(taskID, request: request) }) {
    case .status(let status): return status
    case .refused(let error): throw error
    case .done, .task: throw .taskNotFound(taskID: taskID)
    }
  }

  /// The tasks that wait, in the order in which they will be admitted.
  public func listPendingTasks() async -> [ScheduledTask] {
    core.withLock { $0.state }.pendingTasks()
  }

  /// The tasks that are being executed.
  public func listRunningTasks() async -> [RunningTask] {
    core.withLock { $0.state.runningTasks() }
  }

  /// What the scheduler has done since it was opened, and what it holds.
  public func getSchedulerMetrics() async -> SchedulerMetrics {
    core.withLock { $0.state.currentMetrics }
  }

  /// The workers, and how they are.
  public func workerStatuses() async -> [WorkerStatus] {
    core.withLock { $0.state.workerStatuses }
  }

  /// Changes how urgent a waiting task is.
  ///
  /// - Throws: ``SchedulerError/taskFinished(taskID:status:)`` with its status when it does not wait any more.
  public func updateTaskPriority(_ taskID: TaskID, priority: Priority) async throws(SchedulerError) {
    try await demand { $0.updatePriority(taskID, priority, request: $1, now: $2) }
  }

  /// Gives the tasks of an agent to another: those that wait at once, those that run when they are tried again; durable when
  /// this returns.
  ///
  /// Schedules stay with their agent.
  public func reassignTasks(from agentID: AgentID, to other: AgentID) async throws(SchedulerError) {
    try await demand { state, request, _ in state.reassign(from: agentID, to: other, request: request) }
  }

  /// Whether a task that is being executed belongs to another agent from its next attempt on.
  package func isReassigned(_ taskID: TaskID) -> Bool { core.withLock { $0.state.isReassigned(taskID) } }

  /// Admits no more tasks until resumed, also after a restart; those that run go on, and new ones are still taken.
  public func pauseScheduling() async throws(SchedulerError) {
    try await demand { state, request, _ in state.setPaused(true, request: request) }
  }

  /// Admits tasks again.
  public func resumeScheduling() async throws(SchedulerError) {
    try await demand { state, request, _ in state.setPaused(false, request: request) }
  }

  /// Takes no more tasks, and returns when none runs and everything is durable.
  ///
  /// Tasks that wait stay for the next start.
  public func shutdown() async throws(SchedulerError) {
    // Where the store refuses, the clock goes on: what it refused is written when it takes it again.
    try await demand { state, request, _ in state.shutDown(request: request) }
    clock.stop()
    let checks = core.withLock { core in Array(core.checks.values) }
    for check in checks {
      check.cancel()
      await check.value
    }
    if core.withLock({ $0.state.isSettled }) { try await SchedulerJournal(store: store).release() }
  }

  /// Whether no task of an agent begins.
  package func isHeld(_ agentID: AgentID) -> Bool { core.withLock { $0.state.isHeld(agentID) } }

  /// Begins no task of an agent until it is let go; what runs goes on, but others have its places, and the time does not
  /// count.
  package func setHeld(_ agentID: AgentID, _ isHeld: Bool) {
    perform { core, now in core.state.setHeld(agentID, isHeld, now: now) }
  }

  /// Lets tasks of an agent that were handed back begin at once.
  package func retryHandedBack(of agentID: AgentID) {
    perform { core, now in core.state.retryHandedBack(of: agentID, now: now) }
  }
}
