/// The nft table of an instance on the machine's side.
struct OuterTable: Sendable, Hashable {
  /// The mark of the data directory.
  let instance: String
  /// The addresses of all sandboxes.
  let pool: IPv4Network

  /// The map from devices to their chains.
  static let sandboxes = "sandboxes"
  /// The set of devices that forward packets because of us.
  static let guarded = "guarded"

  /// The name of the table.
  var name: String { NetworkNames.table(of: instance) }

  /// Makes the table, if it is not there; text for `nft -f`.
  ///
  /// A device of ours that has no chain can reach nothing. A device that forwards because of us does not forward for
  /// others: what arrives there and begins something is dropped, unless another program redirected it on purpose.
  var declaration: String {
    let devices = "\"\(NetworkNames.devicePrefix(of: instance))*\""
    return """
      add table inet \(name)
      add map inet \(name) \(Self.sandboxes) { type ifname : verdict; }
      add set inet \(name) \(Self.guarded) { type ifname; }
      add chain inet \(name) from_sandbox
      add chain inet \(name) input { type filter hook input priority filter - 10; policy accept; }
      add chain inet \(name) forward { type filter hook forward priority filter - 10; policy accept; }
      add chain inet \(name) postrouting { type nat hook postrouting priority srcnat; policy accept; }
      flush chain inet \(name) from_sandbox
      flush chain inet \(name) input
      flush chain inet \(name) forward
      flush chain inet \(name) postrouting
      add rule inet \(name) from_sandbox meta nfproto ipv6 drop
      add rule inet \(name) from_sandbox iifname vmap @\(Self.sandboxes)
      add rule inet \(name) from_sandbox drop
      add rule inet \(name) input iifname \(devices) jump from_sandbox
      add rule inet \(name) forward iifname \(devices) tcp flags syn tcp option maxseg size set rt mtu
      add rule inet \(name) forward iifname \(devices) jump from_sandbox
      add rule inet \(name) forward oifname \(devices) ct state established,related accept
      add rule inet \(name) forward oifname \(devices) drop
      add rule inet \(name) forward iifname @\(Self.guarded) ct state new ct status ! dnat drop
      add rule inet \(name) postrouting ip saddr \(pool) oifname != \(devices) masquerade

      """
  }

  /// Removes the rules of a device, whether or not there are any; text for `nft -f`.
  func removal(of device: String) -> String {
    let element = "inet \(name) \(Self.sandboxes) { \"\(device)\" : jump \(device) }"
    return declaration + """
      add chain inet \(name) \(device)
      add element \(element)
      delete element \(element)
      delete chain inet \(name) \(device)

      """
  }

  /// Removes the table, whether or not it is there; text for `nft -f`.
  var removal: String { "add table inet \(name)\ndelete table inet \(name)\n" }
}
