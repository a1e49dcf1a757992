/// Names one effect of an execution.
///
/// An idempotent effect that is performed again keeps its name.
public struct EffectID: Identifier {
  /// The 128 bits of the identifier.
  public let value: UniqueValue

  /// Makes the identifier with these 128 bits.
  public init(value: UniqueValue) {
    self.value = value
  }
}
