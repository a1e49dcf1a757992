extension NetworkPlan {
  /// The addresses that are refused whoever asks, unless the configuration lists one.
  private static let specialAddresses = IPv4Network.Special.all.map { "\($0.network)" }.joined(separator: ", ")

  /// How many refused destinations are remembered, and for how long.
  static let rememberedRefusals = 64
  private static let refusalMemory = "1h"

  private static func elements(_ endpoints: Set<AllowedDestinations.Endpoint>) -> String {
    endpoints.sorted().map { "\($0.address) . \($0.port)" }.joined(separator: ", ")
  }

  private static func accept(_ endpoints: Set<AllowedDestinations.Endpoint>) -> String {
    guard !endpoints.isEmpty else { return "" }
    return "meta l4proto { tcp, udp } ip daddr . th dport { \(elements(endpoints)) } accept"
  }

  /// The rules of the namespace, for `nft -f`.
  ///
  /// What leaves is compared with the list, not with what is known of a connection, so a list holds for every packet.
  func innerRules() -> String {
    let permission =
      allowed.map { Self.accept($0.endpoints) }
      ?? "ip daddr != { \(Self.specialAddresses) } accept"
    return """
      table inet \(NetworkNames.innerTable) {
        set refused {
          type ipv4_addr . inet_proto . inet_service
          flags dynamic,timeout
          timeout \(Self.refusalMemory)
          size \(Self.rememberedRefusals)
        }
        counter refusals { }
        chain outbound {
          meta nfproto ipv6 counter name refusals drop
          \(permission)
          counter name refusals
          meta l4proto { tcp, udp } update @refused { ip daddr . meta l4proto . th dport counter }
          meta l4proto tcp reject with tcp reset
          reject with icmpx admin-prohibited
        }
        chain output {
          type filter hook output priority filter; policy drop
          oifname "lo" accept
          oifname "\(NetworkNames.tap)" ct state established,related accept
          oifname "\(NetworkNames.innerDevice)" jump outbound
        }
        chain input {
          type filter hook input priority filter; policy drop
          iifname "lo" accept
          iifname "\(NetworkNames.innerDevice)" icmp code admin-prohibited icmp type destination-unreachable counter name refusals
          iifname "\(NetworkNames.innerDevice)" ct state established,related accept
        }
      \(machineChains)
      }

      """
  }

  /// A machine's packets are held to the same list on their way through the namespace, and leave with its address.
  private var machineChains: String {
    guard let machineSubnet else { return "" }
    return """
        chain forward {
          type filter hook forward priority filter; policy drop
          iifname "\(NetworkNames.tap)" ip saddr \(machineSubnet.address(at: 2)) oifname "\(NetworkNames.innerDevice)" jump outbound
          iifname "\(NetworkNames.innerDevice)" oifname "\(NetworkNames.tap)" ct state established,related accept
        }
        chain postrouting {
          type nat hook postrouting priority srcnat
          oifname "\(NetworkNames.innerDevice)" masquerade
        }
      """
  }

  /// The rules of the machine's side, for `nft -f`: they stand in for the namespace's when those fail, and they alone know
  /// the machine's own addresses.
  func outerRules(guarding devices: [String]) -> String {
    let table = "inet \(NetworkNames.table(of: names.instance))"
    let chain = names.device
    let refusal = "reject with icmpx admin-prohibited"
    var rules = ["ip saddr != \(address) drop"]
    rules.append(Self.accept(allowed?.listed ?? []))
    rules.append("fib daddr type { local, broadcast, anycast, multicast } \(refusal)")
    rules.append("ip daddr { \(Self.specialAddresses) } \(refusal)")
    rules.append("ip daddr \(pool) \(refusal)")
    rules.append(allowed.map { Self.accept($0.named) } ?? "accept")
    rules.append("drop")
    return OuterTable(instance: names.instance, pool: pool).declaration
      + devices.map { "add element \(table) \(OuterTable.guarded) { \"\($0)\" }\n" }.joined()
      + "add chain \(table) \(chain)\nflush chain \(table) \(chain)\n"
      + rules.filter { !$0.isEmpty }.map { "add rule \(table) \(chain) \($0)\n" }.joined()
      + "add element \(table) \(OuterTable.sandboxes) { \"\(chain)\" : jump \(chain) }\n"
  }
}
