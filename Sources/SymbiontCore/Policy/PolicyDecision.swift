/// What policy says of one operation: one of three outcomes.
public enum PolicyDecision: Sendable, Hashable {
  /// It may be performed.
  case allow
  /// It must not be performed, for these reasons; at least one is given.
  case deny(reasons: [String])
  /// It may be performed once someone has approved it.
  case requireApproval(ApprovalRequirement)
}

extension PolicyDecision {
  /// Whether the operation may be performed without further ado.
  public var isAllowed: Bool { self == .allow }
}

extension PolicyDecision: Codable {
  /// Reads the externally tagged form: `"Allow"` or `{"Deny":{"reasons":[…]}}`.
  public init(from decoder: any Decoder) throws {
    let value = try TaggedValue(from: decoder)
    switch (value.tag, value.hasPayload) {
    case ("Allow", false): self = .allow
    case ("Deny", true): self = .deny(reasons: try value.fields().decode([String].self, forKey: "reasons"))
    case ("RequireApproval", true): self = .requireApproval(try value.payload())
    default: throw value.unexpected("PolicyDecision")
    }
  }

  /// Writes the externally tagged form.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .allow: try encoder.encodeTag("Allow")
    case .deny(let reasons): try encoder.encodeTag("Deny") { try $0.encode(reasons, forKey: "reasons") }
    case .requireApproval(let requirement): try encoder.encodeTag("RequireApproval", payload: requirement)
    }
  }
}
