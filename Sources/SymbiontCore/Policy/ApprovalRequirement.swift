/// The approval by people that an operation needs.
public struct ApprovalRequirement: Sendable, Hashable {
  /// The group of people of whom one must approve.
  public var group: String
  /// Why approval is needed, from the rules that require it.
  public var reasons: [String]
  /// How long the request waits for an answer before it counts as denied.
  @WireSeconds public var expiresAfter: Duration

  /// Makes a value of its parts.
  public init(
    group: String,
    reasons: [String] = [],
    expiresAfter: Duration = .seconds(86_400)
  ) {
    self.group = group
    self.reasons = reasons
    self.expiresAfter = expiresAfter
  }
}

extension ApprovalRequirement: Codable {
  private enum CodingKeys: String, CodingKey {
    case group, reasons
    case expiresAfter = "expires_after"
  }
}
