/// Names one scheduled task (specification, "Identifiers").
public struct TaskID: Identifier {
  /// The 128 bits of the identifier.
  public let value: UniqueValue

  /// Makes the identifier with these 128 bits.
  public init(value: UniqueValue) {
    self.value = value
  }
}
