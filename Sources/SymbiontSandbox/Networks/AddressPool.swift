/// The private addresses that networks of sandboxes are taken from, four at a time.
///
/// What is taken is not recorded anywhere but in the machine's routes, so it cannot get out of step with the machine.
package struct AddressPool: Sendable, Hashable {
  /// The addresses.
  package let network: IPv4Network

  /// The bits that the four addresses of one sandbox have in common.
  static let subnetPrefixLength = 30
  private static let subnetSize = 4

  /// Makes a pool; nil when the network has no room for four addresses, or is more than a tenth of all private addresses.
  package init?(_ network: IPv4Network) {
    guard (8...Self.subnetPrefixLength).contains(network.prefixLength) else { return nil }
    self.network = network
  }

  /// How many sandboxes can have a network at once.
  package var capacity: Int { 1 << (Self.subnetPrefixLength - network.prefixLength) }

  /// The first free subnet at or after a place that depends on the seed; nil when all are taken.
  ///
  /// A subnet is free when no route of the machine but the default one touches it.
  package func freeSubnet(seed: UInt64, routes: RouteTable) -> IPv4Network? {
    let relevant = routes.routes.map(\.network).filter { $0.prefixLength > 0 && $0.overlaps(network) }
    let exact = Set(relevant.filter { $0.prefixLength == Self.subnetPrefixLength })
    let others = relevant.filter { $0.prefixLength != Self.subnetPrefixLength }
    let start = Int(seed % UInt64(capacity))
    for step in 0..<capacity {
      let index = (start + step) % capacity
      guard let subnet = subnet(index), !exact.contains(subnet) else { continue }
      if !others.contains(where: { $0.overlaps(subnet) }) { return subnet }
    }
    return nil
  }

  private func subnet(_ index: Int) -> IPv4Network? {
    IPv4Network(
      containing: network.address(at: UInt32(index * Self.subnetSize)), prefixLength: Self.subnetPrefixLength)
  }
}
