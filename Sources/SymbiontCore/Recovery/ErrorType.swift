/// The kinds of trouble that recovery tells apart (specification, "Error Handler").
public enum ErrorType: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
  /// Memory, time, disk or another resource ran out.
  case resourceExhaustion = "ResourceExhaustion"
  /// Something could not be reached.
  case networkError = "NetworkError"
  /// Isolation, identity or integrity was at stake.
  case securityViolation = "SecurityViolation"
  /// A policy was not kept.
  case policyViolation = "PolicyViolation"
  /// The runtime or the machine failed.
  case systemError = "SystemError"
  /// An input or a program was wrong.
  case validationError = "ValidationError"
}
