/// How urgent something is (specification, "Agent Types").
///
/// Greater is more urgent.
public enum Priority: Int, Sendable, Hashable, CaseIterable {
  /// Done when nothing else is to do.
  case low = 1
  /// The usual.
  case normal = 2
  /// Before the usual.
  case high = 3
  /// Before everything else.
  case critical = 4
}

extension Priority {
  /// The name on the wire.
  public var name: String {
    switch self {
    case .low: "Low"
    case .normal: "Normal"
    case .high: "High"
    case .critical: "Critical"
    }
  }
}

extension Priority: Comparable {
  /// Orders by number.
  public static func < (left: Priority, right: Priority) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension Priority: NamedNumber {
  /// Reads the name; throws `DecodingError.dataCorrupted` for any other.
  public init(from decoder: any Decoder) throws {
    self = try Self.named(in: decoder)
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeTag(name)
  }
}
