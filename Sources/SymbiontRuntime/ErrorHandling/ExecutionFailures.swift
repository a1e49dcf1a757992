internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery
internal import SymbiontStore

/// Tells the error handler how executions end, in the transactions in which they do.
struct ExecutionFailures: Sendable {
  /// Calls of an agent that are repeated at the same time; further ones that fail are not.
  static let maximumCalls = 1_000

  let handler: DefaultErrorHandler

  /// What a failed execution of an agent in a state brings; nil when nobody is to be told.
  func take(
    _ execution: ExecutionRow, _ error: ProgramError, of agent: AgentStanding, goesOn: Bool,
    in store: borrowing StoreTransaction
  ) throws -> DefaultErrorHandler.Taken? {
    // The recovery that began a repetition counts how it ended.
    guard execution.origin != .recovery else { return nil }
    let isRepeatable = execution.origin == .message && goesOn && agent.mode != .ephemeral
    let failure = DefaultErrorHandler.AgentFailure(
      agentID: execution.agentID, type: error.errorType, record: error.record(ProgramError.failureCode),
      isRepeatable: isRepeatable,
      // An ephemeral agent is called once, unless a group has it begin anew.
      mayRestart: agent.mode != .ephemeral || handler.groupName(of: execution.agentID) != nil)
    guard let taken = try handler.take(failure, in: store) else { return nil }
    if isRepeatable, taken.repeatsCall {
      _ = try store.insertRecoveryCall(execution.id, of: execution.agentID, atMost: Self.maximumCalls)
    }
    return taken
  }
}

extension RecoveryStrategy {
  var isRetry: Bool {
    if case .retry = self { true } else { false }
  }
}

extension DefaultErrorHandler.Taken {
  /// Whether the call that failed is made again: by a recovery, when the breaker of its agent lets it through, or when a
  /// person resumes the agent.
  var repeatsCall: Bool {
    if openUntil != nil { return true }
    return switch plan?.strategy ?? joined {
    case .retry, .manual: true
    case .restart, .failover, .terminate, .some(.none), nil: false
    }
  }
}
