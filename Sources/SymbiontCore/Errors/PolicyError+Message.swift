extension PolicyError {
  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .policyNotFound(let policyID):
      "there is no policy \(quoted(policyID)): list the policies to see their ids"
    case .policyInvalid(let policyID, let reason):
      "the policy \(quoted(policyID)) is invalid: \(reason)"
    case .evaluationFailed(let reason):
      "no decision could be reached, so the operation is refused: \(reason)"
    case .limitReached(let maxPolicies):
      "the engine already holds \(maxPolicies) policies, its maximum: delete one first"
    case .engineUnavailable(let reason):
      "there is no policy engine, so the operation is refused: \(reason)"
    case .storeFailed(let reason):
      "the policy engine could not reach the store: \(reason)"
    case .shuttingDown:
      "the policy engine is shutting down: try again after the restart"
    }
  }
}
