/// The destinations of an allow-list with the addresses that they have.
struct AllowedDestinations: Sendable, Hashable {
  /// An address and a port.
  struct Endpoint: Sendable, Hashable, Comparable {
    var address: IPv4Address
    var port: UInt16

    static func < (left: Endpoint, right: Endpoint) -> Bool {
      (left.address, left.port) < (right.address, right.port)
    }
  }

  /// What the configuration names by its address, which may be an address of the machine itself.
  var listed: Set<Endpoint> = []
  /// What names led to; it is not let through when it is an address of the machine.
  var named: Set<Endpoint> = []
  /// The names and their addresses.
  var hosts: [String: [String]] = [:]

  /// Everything.
  var endpoints: Set<Endpoint> { listed.union(named) }
}
