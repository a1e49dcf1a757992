/// Names one request from outside, through all that it causes (specification, "Identifiers").
public struct RequestID: Identifier {
  /// The 128 bits of the identifier.
  public let value: UniqueValue

  /// Makes the identifier with these 128 bits.
  public init(value: UniqueValue) {
    self.value = value
  }
}
