/// Rules that decide what agents may do (specification, "Policy Engine").
public struct Policy: Sendable, Hashable, Identifiable {
  /// The id of the policy.
  public var id: String
  /// The name for people.
  public var name: String
  /// What it is for.
  public var description: String
  /// Its rules.
  ///
  /// Their order does not matter: what denies beats what allows.
  public var rules: [PolicyRule]
  /// Where it is listed: higher first.
  ///
  /// It does not change decisions.
  public var priority: Int
  /// Whether it takes part in decisions.
  public var isEnabled: Bool

  /// Makes a policy; what is not given has its default.
  public init(
    id: String,
    name: String,
    description: String = "",
    rules: [PolicyRule] = [],
    priority: Int = 0,
    isEnabled: Bool = true
  ) {
    self.id = id
    self.name = name
    self.description = description
    self.rules = rules
    self.priority = priority
    self.isEnabled = isEnabled
  }
}

extension Policy: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, name, description, rules, priority
    case isEnabled = "enabled"
  }

  /// Reads a configuration; a missing field has its default where there is one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try container.decode(String.self, forKey: .id),
      name: try container.decode(String.self, forKey: .name),
      description: try container.value(.description, default: ""),
      rules: try container.value(.rules, default: []),
      priority: try container.value(.priority, default: 0),
      isEnabled: try container.value(.isEnabled, default: true))
  }
}
