/// The addresses that begin with the same bits.
package struct IPv4Network: Sendable, Hashable {
  /// The lowest address.
  package let base: IPv4Address
  /// How many of the first bits are the same, from 0 to 32.
  package let prefixLength: Int

  /// Makes a network of an address in it and the number of the first bits that are the same; nil for a number that is not
  /// from 0 to 32.
  package init?(containing address: IPv4Address, prefixLength: Int) {
    guard (0...32).contains(prefixLength) else { return nil }
    self.prefixLength = prefixLength
    base = IPv4Address(value: address.value & Self.mask(prefixLength))
  }

  /// Makes a network that is written in the source; bits after the prefix are dropped.
  init(base: UInt32, length: Int) {
    prefixLength = min(max(length, 0), 32)
    self.base = IPv4Address(value: base & Self.mask(prefixLength))
  }

  private static func mask(_ prefixLength: Int) -> UInt32 {
    prefixLength == 0 ? 0 : ~UInt32(0) << UInt32(32 - prefixLength)
  }

  /// Whether the address is in the network.
  package func contains(_ address: IPv4Address) -> Bool { address.value & Self.mask(prefixLength) == base.value }

  /// Whether some address is in both networks.
  package func overlaps(_ other: IPv4Network) -> Bool { contains(other.base) || other.contains(base) }

  /// The address at an offset from the lowest one; the caller stays within the network.
  package func address(at offset: UInt32) -> IPv4Address { IPv4Address(value: base.value &+ offset) }
}

extension IPv4Network: LosslessStringConvertible {
  /// The lowest address, a slash and the number of bits, such as `10.87.0.0/16`.
  package var description: String { "\(base)/\(prefixLength)" }

  /// Reads the form of ``description``; nil when the address is not the lowest one of the network.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv4Address(String(parts[0])), let length = Int(parts[1]),
      String(length) == parts[1]
    else { return nil }
    self.init(containing: address, prefixLength: length)
    guard base == address else { return nil }
  }
}
