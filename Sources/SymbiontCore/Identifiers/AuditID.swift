/// Names one event of the audit trail (specification, "Identifiers").
public struct AuditID: Identifier {
  /// The 128 bits of the identifier.
  public let value: UniqueValue

  /// Makes the identifier with these 128 bits.
  public init(value: UniqueValue) {
    self.value = value
  }
}
