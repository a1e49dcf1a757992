import SymbiontCore

extension AllowedDestinations {
  /// How many addresses of one name are let through.
  private static let addressesPerName = 64
  /// How many names are resolved at a time.
  private static let simultaneous = 16

  /// Finds the address of every destination of a configuration.
  ///
  /// - Throws: ``SandboxError/limitUnenforceable(limit:reason:)`` for a pattern,
  ///   ``SandboxError/configurationInvalid(reason:)`` for a destination that can never be reached or has no address,
  ///   ``SandboxError/startFailed(reason:)`` or ``SandboxError/timedOut(operation:after:)`` when a name cannot be resolved
  ///   now.
  init(
    _ destinations: [NetworkDestination], resolver: any HostResolver, timeout: Duration
  ) async throws(SandboxError) {
    var portsByName: [String: Set<UInt16>] = [:]
    for destination in destinations {
      if let address = try Self.literal(destination) {
        listed.insert(Endpoint(address: address, port: destination.port))
      } else {
        portsByName[destination.host.lowercased(), default: []].insert(destination.port)
      }
    }
    let lookup = BoundedLookup(resolver: resolver, timeout: timeout)
    for (name, addresses) in try await lookup.addresses(of: portsByName.keys.sorted(), atOnce: Self.simultaneous) {
      let addresses = addresses.sorted().prefix(Self.addressesPerName)
      for address in addresses {
        try Self.check(address, of: name)
        for port in portsByName[name] ?? [] { named.insert(Endpoint(address: address, port: port)) }
      }
      hosts[name] = addresses.map(\.description)
    }
  }

  /// The address of a destination that names one; nil for a name.
  private static func literal(_ destination: NetworkDestination) throws(SandboxError) -> IPv4Address? {
    let host = destination.host
    guard destination.port > 0 else {
      throw .configurationInvalid(reason: "the port of the destination `\(host)` is 0: give one from 1 to 65535")
    }
    guard !host.contains("*") else {
      throw .limitUnenforceable(
        limit: "allowed_destinations",
        reason: """
          `\(host)` stands for names that nobody can list, and what a sandbox may reach is enforced by address: name \
          each host
          """)
    }
    guard !host.contains(":") else {
      throw .configurationInvalid(
        reason: "the destination `\(host)` is an address of version 6, which sandboxes do not have: use version 4")
    }
    guard let address = IPv4Address(host) else {
      try checkName(host)
      return nil
    }
    if let range = IPv4Network.Special.range(of: address), !range.mayBeListed {
      throw .configurationInvalid(reason: "the destination `\(host)` cannot be reached: it is \(range.meaning)")
    }
    return address
  }

  /// A name goes into rules and files as it is, so it is letters, digits, `-`, `_` and points only.
  private static func checkName(_ host: String) throws(SandboxError) {
    let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isPlain = labels.allSatisfy { label in
      (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
        && label.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
          default: false
          }
        }
    }
    let looksLikeAddress = labels.last?.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? true
    guard isPlain, !looksLikeAddress, host.utf8.count <= NetworkConfig.Bounds.hostBytes.upperBound else {
      throw .configurationInvalid(
        reason: "the destination \(quoted(host)) is neither a host name nor an address of version 4")
    }
  }

  /// A name must not lead where only a listed address may: otherwise whoever answers for the name decides.
  private static func check(_ address: IPv4Address, of name: String) throws(SandboxError) {
    guard let range = IPv4Network.Special.range(of: address) else { return }
    throw .configurationInvalid(
      reason: """
        the host `\(name)` leads to `\(address)`, which is \(range.meaning): such an address is only let through when \
        the configuration lists it itself
        """)
  }
}
