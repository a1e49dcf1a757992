/// Why a policy could not be kept or evaluated.
///
/// A denial is a decision, not an error.
public enum PolicyError: CataloguedError, Hashable {
  /// There is no policy of this id.
  case policyNotFound(policyID: String)
  /// The policy cannot be understood.
  case policyInvalid(policyID: String, reason: String)
  /// No decision could be reached, so nothing is allowed.
  case evaluationFailed(reason: String)
  /// The engine holds as many policies as it may.
  case limitReached(maxPolicies: Int)
  /// There is no policy engine, so nothing is allowed.
  case engineUnavailable(reason: String)
  /// The store could not read or write what this needed; nothing was changed.
  case storeFailed(reason: String)
  /// The policy engine no longer takes work, because the runtime stops.
  case shuttingDown
}
