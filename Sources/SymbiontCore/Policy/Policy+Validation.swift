extension Policy {
  /// The bounds of the fields of policies and rules.
  public enum Bounds {
    /// The UTF-8 bytes of an id, a name or a group.
    public static let nameBytes: ClosedRange<Int> = 1...128
    /// The UTF-8 bytes of a description or a reason.
    public static let descriptionBytes: ClosedRange<Int> = 0...4_096
    /// The UTF-8 bytes of a condition.
    public static let conditionBytes: ClosedRange<Int> = 1...8_192
    /// How many rules a policy may have.
    public static let rules = 256
    /// How many operations a rule may name; without any it would never apply.
    public static let operations: ClosedRange<Int> = 1...64
    /// The priorities.
    public static let priority: ClosedRange<Int> = 0...1_000_000
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(text: id, bytes: Bounds.nameBytes, field: "id")
    try Validation.require(text: name, bytes: Bounds.nameBytes, field: "name")
    try Validation.require(text: description, bytes: Bounds.descriptionBytes, field: "description")
    try Validation.require(priority, in: Bounds.priority, field: "priority")
    try Validation.require(count: rules.count, atMost: Bounds.rules, field: "rules")
    var ids: Set<String> = []
    for (index, rule) in rules.enumerated() {
      try Validation.within("rules[\(index)]") { () throws(ConfigurationError) in try rule.validate() }
      guard ids.insert(rule.id).inserted else {
        throw .invalid(field: "rules[\(index)].id", value: rule.id, reason: "another rule of the policy has this id")
      }
    }
  }
}

extension PolicyRule {
  /// Checks every field against the bounds of ``Policy/Bounds``, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(text: id, bytes: Policy.Bounds.nameBytes, field: "id")
    if case .requireApproval(let group) = effect {
      try Validation.require(text: group, bytes: Policy.Bounds.nameBytes, field: "effect.group")
    }
    try Validation.require(operations.count, in: Policy.Bounds.operations, field: "operations")
    for (index, operation) in operations.enumerated() {
      try Validation.require(text: operation, bytes: Policy.Bounds.nameBytes, field: "operations[\(index)]")
    }
    if let condition {
      try Validation.require(text: condition, bytes: Policy.Bounds.conditionBytes, field: "condition")
    }
    if let reason {
      try Validation.require(text: reason, bytes: Policy.Bounds.descriptionBytes, field: "reason")
    }
  }
}
