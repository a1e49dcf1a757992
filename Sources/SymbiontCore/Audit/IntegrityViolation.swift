/// One thing of the audit trail that is not as it was recorded.
public struct IntegrityViolation: Sendable, Hashable {
  /// The event; nil when it is missing.
  public var auditID: AuditID?
  /// Where in the trail it is, from 0.
  public var position: Int
  /// What is wrong.
  public var reason: String

  /// Makes a value of its parts.
  public init(
    auditID: AuditID? = nil,
    position: Int,
    reason: String
  ) {
    self.auditID = auditID
    self.position = position
    self.reason = reason
  }
}

extension IntegrityViolation: Codable {
  private enum CodingKeys: String, CodingKey {
    case position, reason
    case auditID = "audit_id"
  }
}
