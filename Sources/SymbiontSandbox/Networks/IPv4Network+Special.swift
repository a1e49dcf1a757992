extension IPv4Network {
  /// A range of addresses that are never on the network beyond this machine (RFC 6890).
  package struct Special: Sendable, Hashable {
    /// The addresses.
    package let network: IPv4Network
    /// What they are, as in "`ADDRESS` is …".
    package let meaning: String
    /// Whether an address of it that the configuration names itself is let through.
    package let mayBeListed: Bool

    private init(_ base: UInt32, _ length: Int, _ meaning: String, mayBeListed: Bool = false) {
      network = IPv4Network(base: base, length: length)
      self.meaning = meaning
      self.mayBeListed = mayBeListed
    }

    /// All of them.
    package static let all: [Special] = [
      Special(0x0000_0000, 8, "an address of no host"),
      Special(0x7F00_0000, 8, "the sandbox's own loopback, which leads to no other machine"),
      Special(
        0xA9FE_0000, 16, "link-local, where clouds answer questions about the machine", mayBeListed: true),
      Special(0xE000_0000, 4, "a multicast address"),
      Special(0xF000_0000, 4, "a reserved or broadcast address"),
    ]

    /// The range that an address is in, if any.
    package static func range(of address: IPv4Address) -> Special? {
      all.first { $0.network.contains(address) }
    }
  }
}
