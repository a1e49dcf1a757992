/// One rule of a policy: an effect, for operations, under a condition.
public struct PolicyRule: Sendable, Hashable {
  /// The id of the rule, which decisions name.
  public var id: String
  /// What follows when the rule applies.
  public var effect: PolicyEffect
  /// The operations that it speaks of, such as `exec`; `*` is all.
  public var operations: [String]
  /// When it applies, as an expression of the Cedar language; nil is always.
  public var condition: String?
  /// Why it exists: shown to who is denied or asked to approve.
  public var reason: String?

  /// Makes a value of its parts.
  public init(
    id: String,
    effect: PolicyEffect,
    operations: [String],
    condition: String? = nil,
    reason: String? = nil
  ) {
    self.id = id
    self.effect = effect
    self.operations = operations
    self.condition = condition
    self.reason = reason
  }
}

extension PolicyRule: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, effect, operations, condition, reason
  }
}

extension PolicyRule {
  /// The operation that stands for all.
  public static let everyOperation = "*"
}
