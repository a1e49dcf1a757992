/// How strongly a sandbox isolates what runs in it (specification, "Security Types").
///
/// Greater is stronger.
public enum SecurityTier: Int, Sendable, Hashable, CaseIterable {
  /// A container: namespaces, control groups and a system call filter of the shared kernel.
  case tier1 = 1
  /// A container with a kernel of its own in user space (gVisor).
  case tier2 = 2
  /// A virtual machine (Firecracker, QEMU).
  case tier3 = 3
}

extension SecurityTier {
  /// The name on the wire.
  public var name: String {
    switch self {
    case .tier1: "Tier1"
    case .tier2: "Tier2"
    case .tier3: "Tier3"
    }
  }
}

extension SecurityTier: Comparable {
  /// Orders by number.
  public static func < (left: SecurityTier, right: SecurityTier) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension SecurityTier: NamedNumber {
  /// Reads the name; throws `DecodingError.dataCorrupted` for any other.
  public init(from decoder: any Decoder) throws {
    self = try Self.named(in: decoder)
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeTag(name)
  }
}
