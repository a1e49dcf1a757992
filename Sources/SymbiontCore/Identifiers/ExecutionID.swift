/// Names one execution: one call of an agent's function, from its input to its result.
public struct ExecutionID: Identifier {
  /// The 128 bits of the identifier.
  public let value: UniqueValue

  /// Makes the identifier with these 128 bits.
  public init(value: UniqueValue) {
    self.value = value
  }
}
