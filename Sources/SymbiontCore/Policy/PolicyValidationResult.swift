/// What the policy engine says of an agent's configuration before the agent exists.
public struct PolicyValidationResult: Sendable, Hashable {
  /// What was found, errors first.
  public var findings: [Finding]

  /// Makes a result; without findings it is valid.
  public init(
    findings: [Finding] = []
  ) {
    self.findings = findings
  }
}

extension PolicyValidationResult: Codable {
  private enum CodingKeys: String, CodingKey {
    case findings
  }
}

extension PolicyValidationResult {
  /// Whether the configuration may be used: nothing that was found is an error.
  public var isValid: Bool { !findings.contains { $0.severity == .error } }

  /// How grave a finding is.
  public enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
    /// The configuration must not be used.
    case error = "Error"
    /// The configuration may be used, and may not do what was meant.
    case warning = "Warning"
  }
}
