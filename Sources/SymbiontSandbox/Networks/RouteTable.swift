import SymbiontSystem

/// The IPv4 routes of a network namespace, as `/proc/net/route` lists them.
package struct RouteTable: Sendable, Hashable {
  /// One route.
  package struct Route: Sendable, Hashable {
    /// The device that it leads through.
    package var device: String
    /// Where it leads.
    package var network: IPv4Network
  }

  /// The routes that are up.
  package let routes: [Route]

  private static let isUp: UInt16 = 1

  /// Reads the text of the table: device, destination, gateway, flags, three numbers and the mask in columns, addresses as
  /// hexadecimal numbers in the byte order of the machine.
  package init(text: String) {
    routes = text.split(separator: "\n").dropFirst().compactMap { line -> Route? in
      let columns = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
      guard columns.count >= 8, let destination = UInt32(columns[1], radix: 16),
        let flags = UInt16(columns[3], radix: 16), flags & Self.isUp != 0, let mask = UInt32(columns[7], radix: 16),
        let network = IPv4Network(
          containing: IPv4Address(value: UInt32(bigEndian: destination)),
          prefixLength: UInt32(bigEndian: mask).nonzeroBitCount)
      else { return nil }
      return Route(device: String(columns[0]), network: network)
    }
  }

  /// The routes of the namespace that the calling thread is in.
  package static func current() -> RouteTable {
    RouteTable(text: KernelFile.text("/proc/thread-self/net/route"))
  }

  /// The routes that lead to an address best, by the length of their prefix; there are several when there is a choice.
  package func routes(to address: IPv4Address) -> [Route] {
    let matching = routes.filter { $0.network.contains(address) }
    let longest = matching.map(\.network.prefixLength).max()
    return matching.filter { $0.network.prefixLength == longest }
  }

  /// The routes for everything that no other route is for.
  package var defaults: [Route] { routes.filter { $0.network.prefixLength == 0 } }
}
