import Glibc

/// Finds the addresses of names.
package protocol HostResolver: Sendable {
  /// The IPv4 addresses of a name; it may block the calling thread.
  func addresses(of host: String) throws(HostResolutionError) -> [IPv4Address]
}

/// Why a name has no addresses.
package struct HostResolutionError: Error, Hashable {
  /// What the resolver said.
  package var reason: String
  /// Whether it may be different later.
  package var isTemporary: Bool

  /// Makes an error of its parts.
  package init(reason: String, isTemporary: Bool) {
    self.reason = reason
    self.isTemporary = isTemporary
  }
}

/// The resolver of the machine: its hosts file, then whatever it is set up with.
package struct SystemHostResolver: HostResolver {
  /// Makes a resolver.
  package init() {}

  /// Asks `getaddrinfo(3)`, which blocks for as long as the machine's settings let it.
  package func addresses(of host: String) throws(HostResolutionError) -> [IPv4Address] {
    var hints = addrinfo()
    hints.ai_family = AF_INET
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var first: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &first)
    guard code == 0 else {
      let reason = gai_strerror(code).map { String(cString: $0) } ?? "error \(code)"
      throw HostResolutionError(reason: reason, isTemporary: code == EAI_AGAIN || code == EAI_SYSTEM)
    }
    defer { freeaddrinfo(first) }
    var found: Set<IPv4Address> = []
    var next = first
    while let entry = next {
      if entry.pointee.ai_family == AF_INET, let address = entry.pointee.ai_addr {
        address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          _ = found.insert(IPv4Address(value: UInt32(bigEndian: $0.pointee.sin_addr.s_addr)))
        }
      }
      next = entry.pointee.ai_next
    }
    return found.sorted()
  }
}
