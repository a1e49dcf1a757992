internal import Logging
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery
internal import SymbiontResources
internal import SymbiontStore
internal import Synchronization

/// Runs executions: the thin shell around ``EngineState``, the machine and the store.
///
/// An execution that runs is a task; one that waits is a row, and a machine in memory while there is room.
final class ExecutionEngine: Sendable {
  let store: Store
  let configuration: RuntimeConfiguration
  let programs: ProgramCache
  let planner: EffectPlanner
  /// Counts failures and decides about them; nil when it could not be opened.
  let errorHandler: DefaultErrorHandler?
  /// Does what it decided.
  let recoveries: AgentRecoveries?
  let state: Mutex<EngineState>
  let waiters = Mutex(OutcomeWaiters())
  /// When agents have rested for as long as they may.
  let idle = Mutex(IdleAgents())
  /// Agents for which messages may wait.
  let arrivals = Mutex(MessageArrivals())
  /// Agents whose messages wait until calls of them go through, and until when at most, on the clock that is never set.
  let heldUp = Mutex<[AgentID: Duration]>([:])
  /// Agents whose state an execution changed as it ended.
  private let changed = Mutex<Set<AgentID>>([])
  /// Is told of agents whose calls go through again.
  let admitted = Mutex<(@Sendable (AgentID) -> Void)?>(nil)
  private let agentChanged = Mutex<(@Sendable (AgentID) async -> Void)?>(nil)
  private let alarm = Mutex<Timestamp?>(nil)
  private let timersDue = Mutex(false)
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation

  init(
    store: Store, configuration: RuntimeConfiguration, programs: ProgramCache, services: EffectServices,
    errorHandler: DefaultErrorHandler?
  ) {
    self.store = store
    self.errorHandler = errorHandler
    recoveries = errorHandler.map {
      AgentRecoveries($0, logger: configuration.logger, observer: configuration.recoveryObserver)
    }
    self.configuration = configuration
    self.programs = programs
    planner = EffectPlanner(services: services)
    state = Mutex(
      EngineState(
        maximumActive: configuration.maximumActiveExecutions, maximumResident: configuration.maximumResidentExecutions))
    (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  var now: Timestamp { configuration.time.now() }
  var logger: Logger { configuration.logger }

  func records() -> ExecutionRecords {
    ExecutionRecords(now: now, failures: recovers ? errorHandler.map { ExecutionFailures(handler: $0) } : nil)
  }

  /// Whether agents that fail are recovered at all.
  var recovers: Bool {
    configuration.lifecycle.isAutoRecoveryEnabled && configuration.lifecycle.maxRestartAttempts > 0
  }

  /// Commits ends of executions, and does what they ask for.
  ///
  /// The error handler follows in the order of the commits.
  func commit<T: Sendable>(
    _ body: @escaping @Sendable (borrowing StoreTransaction, inout ExecutionRecords) throws -> T
  ) async throws(StoreError) -> T {
    let initial = records()
    let errorHandler = errorHandler
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<(T, Consequences), StoreError>, Never>) in
      store.submit { store in
        var records = initial
        return (try body(store, &records), records.consequences)
      } completion: { (result: Result<(T, Consequences), StoreError>) in
        if case .success(let (_, consequences)) = result { errorHandler?.apply(consequences.taken.map(\.taken)) }
        continuation.resume(returning: result)
      }
    }
    let (value, consequences) = try result.get()
    apply(consequences)
    return value
  }

  // MARK: Running

  /// Runs until ``beginStop()`` was called and everything has come to its next effect.
  ///
  /// What takes longer than the drain timeout is ended.
  func run() async {
    await withDiscardingTaskGroup { group in
      var isDraining = false
      for await _ in signals {
        if takeTimersDue() { group.addTask { await self.fireTimers() } }
        for agentID in takeChanged() { group.addTask { await self.tellOfChange(agentID) } }
        for agentID in arrivals.withLock({ $0.take() }) { group.addTask { await self.deliver(to: agentID) } }
        while let activation = state.withLock({ $0.next() }) {
          group.addTask { await self.activate(activation) }
        }
        guard state.withLock({ $0.phase != .running }) else { continue }
        if state.withLock({ $0.activeCount == 0 }) { break }
        if !isDraining {
          isDraining = true
          group.addTask {
            try? await Task.sleep(for: self.configuration.drainTimeout)
            self.abort()
          }
        }
      }
      abort()
      group.cancelAll()
    }
    configuration.time.setAlarm(at: nil) {}
    waiters.withLock { $0.close() }.forEach { $0.resume(returning: nil) }
  }

  /// Stops admitting and lets what runs come to its next effect.
  func beginStop() {
    let controls = state.withLock { state in
      state.phase = .draining
      return state.controls
    }
    for control in controls { control.stop(.pause) }
    signal.yield()
  }

  /// Ends what still runs; outcomes that were on their way are unknown.
  func abort() {
    for control in state.withLock({ $0.controls }) { control.stop(.abort) }
    signal.yield()
  }

  private func activate(_ activation: EngineState.Activation) async {
    var kept: ExecutionSession?
    do {
      kept = try await advance(activation)
    } catch {
      logger.error(
        "an execution stopped: \(error)", metadata: ["execution": "\(activation.id)", "code": "\(error.code)"])
      waiters.withLock { $0.fail(activation.id, with: error) }.forEach { $0.resume(returning: nil) }
    }
    state.withLock { $0.end(activation.id, keeping: kept) }.forEach { $0() }
    let time = now
    if let next = idle.withLock({ $0.ended(activation.id, isResident: kept != nil, at: time) }) {
      setAlarm(noLaterThan: next)
    }
    signal.yield()
  }

  // MARK: After a commit

  /// Does what a committed transaction asked for.
  func apply(_ consequences: Consequences) {
    for id in consequences.cancelled {
      state.withLock { $0.forget(id) }?.stop(.cancel)
    }
    for (id, outcome) in consequences.finished {
      waiters.withLock { $0.take(id) }.forEach { $0.resume(returning: outcome) }
      notify(ExecutionEvent(execution: id, agent: "", sequence: 0, kind: .finished(outcome)))
    }
    for violation in consequences.violations { try? planner.services.resources.get().report(violation) }
    recoveries?.take(consequences)
    for (agentID, taken) in consequences.taken where taken.closesBreaker { wakeRefused(of: agentID) }
    if let wakeAt = consequences.wakeAt { setAlarm(noLaterThan: wakeAt) }
    if !consequences.changedAgents.isEmpty {
      changed.withLock { $0.formUnion(consequences.changedAgents) }
      wake()
    }
    enqueue(consequences.ready)
  }

  func enqueue(_ ids: [ExecutionID]) {
    guard !ids.isEmpty else { return }
    state.withLock { state in ids.forEach { state.enqueue($0) } }
    signal.yield()
  }

  /// Has messages that wait for an agent delivered to what it runs.
  func lookForMessages(of agentID: AgentID) {
    if arrivals.withLock({ $0.add(agentID) }) { wake() }
  }

  /// Has the loop of ``run()`` look for something to do.
  func wake() { signal.yield() }

  func notify(_ event: ExecutionEvent) { configuration.observer?(event) }

  // MARK: Time

  /// Executions that one transaction wakes at most.
  private static let timerBatch = 256

  /// Reads the next timer from the store and sets the alarm.
  func rearm() async throws(StoreError) {
    // Before the read: an earlier alarm that is set while it goes on must stay.
    alarm.withLock { $0 = nil }
    let stored = try await store.read { store in try store.nextWake() }
    let next = [stored, idle.withLock(\.next)].compactMap { $0 }.min()
    if let next { setAlarm(noLaterThan: next) }
  }

  private func setAlarm(noLaterThan time: Timestamp) {
    let isEarlier = alarm.withLock { alarm in
      if let alarm, alarm <= time { return false }
      alarm = time
      return true
    }
    guard isEarlier else { return }
    var latest = time
    ring(at: time)
    // An earlier alarm that somebody set meanwhile may have been replaced by this one.
    while let earlier = alarm.withLock({ $0 }), earlier < latest {
      latest = earlier
      ring(at: earlier)
    }
  }

  private func ring(at time: Timestamp) {
    configuration.time.setAlarm(at: time) { [weak self] in
      guard let self else { return }
      alarm.withLock { $0 = nil }
      timersDue.withLock { $0 = true }
      signal.yield()
    }
  }

  /// Has an action told of each agent whose state changed because of how its execution ended.
  func onAgentChange(_ action: @escaping @Sendable (AgentID) async -> Void) { agentChanged.withLock { $0 = action } }

  private func tellOfChange(_ agentID: AgentID) async { await agentChanged.withLock { $0 }?(agentID) }

  private func takeChanged() -> Set<AgentID> {
    changed.withLock { changed in
      defer { changed = [] }
      return changed
    }
  }

  private func takeTimersDue() -> Bool {
    timersDue.withLock { due in
      defer { due = false }
      return due
    }
  }

  /// Takes the machines of agents that rested for their idle timeout out of memory; each comes back on its event.
  private func hibernateIdle() {
    let time = now
    let agents = idle.withLock { $0.due(at: time) }
    guard !agents.isEmpty else { return }
    state.withLock { $0.hibernate(agents) }
    for agentID in agents.sorted() { logger.debug("agent `\(agentID)` did nothing for its idle timeout") }
  }

  private func fireTimers() async {
    hibernateIdle()
    do {
      while true {
        let count = try await commit { store, records in
          let due = try store.dueExecutions(at: records.now, limit: Self.timerBatch)
          for id in due { try records.timeOut(id, in: store) }
          return due.count
        }
        if count < Self.timerBatch { break }
      }
      try await rearm()
    } catch {
      logger.critical("timers stopped: \(error)", metadata: ["code": "\(error.code)"])
    }
  }
}
