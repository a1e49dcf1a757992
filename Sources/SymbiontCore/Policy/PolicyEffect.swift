/// What follows when a rule of a policy applies.
public enum PolicyEffect: Sendable, Hashable {
  /// The operation is allowed, unless another rule denies it.
  case allow
  /// The operation is denied, whatever other rules say.
  case deny
  /// The operation needs the approval of one of this group, unless another rule denies it.
  case requireApproval(group: String)
  /// The operation is recorded in the audit trail with its input; it is neither allowed nor denied by this.
  case audit
}

extension PolicyEffect: Codable {
  /// Reads the externally tagged form: `"Allow"` or `{"RequireApproval":{"group":"operations"}}`.
  public init(from decoder: any Decoder) throws {
    let value = try TaggedValue(from: decoder)
    switch (value.tag, value.hasPayload) {
    case ("Allow", false): self = .allow
    case ("Deny", false): self = .deny
    case ("Audit", false): self = .audit
    case ("RequireApproval", true):
      self = .requireApproval(group: try value.fields().decode(String.self, forKey: "group"))
    default: throw value.unexpected("PolicyEffect")
    }
  }

  /// Writes the externally tagged form.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .allow: try encoder.encodeTag("Allow")
    case .deny: try encoder.encodeTag("Deny")
    case .audit: try encoder.encodeTag("Audit")
    case .requireApproval(let group):
      try encoder.encodeTag("RequireApproval") { try $0.encode(group, forKey: "group") }
    }
  }
}
