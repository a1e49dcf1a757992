public import SymbiontCore
public import SymbiontStore
import Synchronization

/// Counts errors of agents, decides what is done about them, and follows what becomes of it (specification, "Error
/// Handler").
///
/// Errors, counts, breakers, recoveries under way, strategies and groups are durable before a call returns, and are there
/// again when the store is opened by another runtime. Windows and timeouts hold when the machine's clock is set.
public final class DefaultErrorHandler: ErrorHandler {
  /// The configuration that it was opened with.
  public let configuration: ErrorHandlerConfig
  let store: Store
  package let environment: RecoveryEnvironment
  let records: RecoveryRecords
  let state: Mutex<HandlerState>
  /// Carries out what a caller is told; set by the runtime.
  private let carrier = Mutex<(@Sendable (RecoveryPlan) -> Void)?>(nil)

  /// The UTF-8 bytes of an error's message that are kept; a longer one is cut.
  package static let maximumMessageBytes = 4_096

  /// Opens the error handler on a store, with what a former runtime knew.
  ///
  /// - Throws: ``ErrorHandlerError/thresholdsInvalid(reason:)`` for a configuration that is out of bounds, or whose
  ///   escalation threshold is beyond the errors that are kept; ``ErrorHandlerError/storeFailed(reason:)``.
  public static func open(
    _ configuration: ErrorHandlerConfig = ErrorHandlerConfig(), store: Store
  ) async throws(ErrorHandlerError) -> DefaultErrorHandler {
    try await open(configuration, store: store, environment: .machine())
  }

  package static func open(
    _ configuration: ErrorHandlerConfig, store: Store, environment: RecoveryEnvironment
  ) async throws(ErrorHandlerError) -> DefaultErrorHandler {
    do { try configuration.validate() } catch { throw .thresholdsInvalid(reason: error.message) }
    try check(configuration.thresholds, configuration)
    let state = try await store.read(throwing: ErrorHandlerError.self) { store in
      try HandlerState(configuration, environment, store)
    }
    return DefaultErrorHandler(configuration, store: store, environment: environment, state: state)
  }

  private init(
    _ configuration: ErrorHandlerConfig, store: Store, environment: RecoveryEnvironment, state: HandlerState
  ) {
    self.configuration = configuration
    self.store = store
    self.environment = environment
    records = RecoveryRecords(configuration: configuration)
    self.state = Mutex(state)
  }

  /// Counts an error of the agent as a whole, and says what is to be done about it.
  ///
  /// - Throws: ``ErrorHandlerError/circuitOpen(agentID:until:)`` when the breaker was open already;
  ///   ``ErrorHandlerError/recoveryExhausted(agentID:attempts:)`` when as many recoveries in a row failed as are allowed:
  ///   the agent is to be suspended; ``ErrorHandlerError/storeFailed(reason:)``;
  ///   ``ErrorHandlerError/shuttingDown``. But for the last two the error is counted.
  public func handleError(_ agentID: AgentID, error: RuntimeError) async throws(ErrorHandlerError) -> ErrorAction {
    try await handleError(agentID, error: error, operation: .agent)
  }

  /// The same for an error of one operation of the agent, which has a breaker of its own.
  ///
  /// A runtime has the answer carried out, but for a retry, which is for whoever performs the operation; so is its outcome
  /// then, ``recordSuccess(of:)`` or ``recordFailure(of:_:)``. To do nothing is to retry no time. An error of an operation whose recovery is under way gets the same answer again,
  /// unless a stronger one is due.
  public func handleError(
    _ agentID: AgentID, error: RuntimeError, operation: OperationName
  ) async throws(ErrorHandlerError) -> ErrorAction {
    switch try await take(agentID, error, operation) {
    case .begun(let plan):
      handOver(plan)
      return plan.action
    case .joined(let strategy): return strategy.action
    case .failFast(let until): throw .circuitOpen(agentID: agentID, until: until)
    case .exhausted(let attempts, let plan):
      if let plan { handOver(plan) }
      throw .recoveryExhausted(agentID: agentID, attempts: attempts)
    }
  }

  /// Names who carries out what callers are told.
  package func onBegun(_ carryOut: @escaping @Sendable (RecoveryPlan) -> Void) { carrier.withLock { $0 = carryOut } }

  private func handOver(_ plan: RecoveryPlan) {
    if case .retry = plan.strategy { return }
    guard !plan.steps.isEmpty else { return }
    carrier.withLock { $0 }?(plan)
  }

  func take(
    _ agentID: AgentID, _ error: RuntimeError, _ operation: OperationName
  ) async throws(ErrorHandlerError) -> RecoveryRecords.Answer {
    let type = ErrorClassification.type(of: error)
    let incident = try incident(agentID, error, operation)
    let (strategy, group) = state.withLock { state in
      (state.strategies.strategy(for: type, of: agentID), state.groups[agentID])
    }
    return try await commit { [records] store in
      try records.take(incident, strategy: strategy, group: group, in: store)
    } apply: { result, state in
      state.apply(result.1)
      return result.0
    }
  }

  /// An error as it is kept; refused when the handler takes no more work.
  func incident(
    _ agentID: AgentID, _ error: RuntimeError, _ operation: OperationName
  ) throws(ErrorHandlerError) -> ErrorIntake.Incident {
    let record = ErrorRecord(
      code: error.code, message: error.message.cut(toBytes: Self.maximumMessageBytes), isRetryable: error.isRetryable)
    var incident = ErrorIntake.Incident(
      agentID: agentID, operation: operation, type: ErrorClassification.type(of: error), record: record,
      time: try admittedTime())
    if case .errorHandler(.circuitOpen) = error { incident.isOfOperation = false }
    return incident
  }

  /// The time now, for a call that is admitted.
  func admittedTime() throws(ErrorHandlerError) -> Timestamp {
    let elapsed = environment.elapsed()
    let now = state.withLock { state in state.isShutDown ? nil : state.now(elapsed: elapsed) }
    guard let now else { throw .shuttingDown }
    return now
  }

  /// Runs a transaction, and takes what it made into the state in the order of the commits.
  func commit<Made: Sendable, Value: Sendable>(
    _ body: @escaping @Sendable (borrowing StoreTransaction) throws -> Made,
    apply: @escaping @Sendable (Made, inout HandlerState) -> Value
  ) async throws(ErrorHandlerError) -> Value {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Value, StoreError>, Never>) in
      store.submit(body) { [self] (made: Result<Made, StoreError>) in
        continuation.resume(returning: made.map { made in state.withLock { apply(made, &$0) } })
      }
    }
    do { return try result.get() } catch .rejected(let own as ErrorHandlerError) {
      throw own
    } catch {
      throw .storeFailed(error)
    }
  }

  /// Takes no more errors; what is known stays in the store.
  ///
  /// Doing it again changes nothing.
  public func shutdown() async throws(ErrorHandlerError) {
    state.withLock { $0.isShutDown = true }
  }
}

extension ErrorHandlerError: StoreClientError {
  /// An error of the store that no call of the error handler foresees.
  package static func storeFailed(_ error: StoreError) -> ErrorHandlerError { .storeFailed(reason: "\(error)") }
}
