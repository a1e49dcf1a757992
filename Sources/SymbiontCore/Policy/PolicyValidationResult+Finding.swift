extension PolicyValidationResult {
  /// One thing that was found in a configuration.
  public struct Finding: Sendable, Hashable, Codable {
    /// How grave it is.
    public let severity: Severity
    /// The policy that it is about; nil when it is about the configuration itself.
    public let policyID: String?
    /// The rule that it is about.
    public let ruleID: String?
    /// What is wrong, and what to do.
    public let message: String

    /// Makes a finding of its parts.
    public init(severity: Severity, policyID: String? = nil, ruleID: String? = nil, message: String) {
      self.severity = severity
      self.policyID = policyID
      self.ruleID = ruleID
      self.message = message
    }

    private enum CodingKeys: String, CodingKey {
      case severity, message
      case policyID = "policy_id"
      case ruleID = "rule_id"
    }
  }
}
