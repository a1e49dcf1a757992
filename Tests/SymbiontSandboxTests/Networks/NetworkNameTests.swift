import Glibc
import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("Destinations and addresses")
struct NetworkNameTests {
  private func resolve(
    _ destinations: [NetworkDestination], _ table: [String: [String]] = [:]
  ) async throws -> AllowedDestinations {
    try await AllowedDestinations(destinations, resolver: TableResolver(table: table), timeout: .seconds(60))
  }

  private func failure(_ host: String, _ table: [String: [String]] = [:], port: UInt16 = 80) async -> SandboxError? {
    await #expect(throws: SandboxError.self) {
      try await resolve([NetworkDestination(host: host, port: port)], table)
    }
  }

  @Test("a pattern is refused as a limit that cannot be enforced")
  func pattern() async {
    let error = await failure("*.example.com")
    #expect(error?.kind == .limitUnenforceable)
    #expect(error?.message.contains("`*.example.com` stands for names") == true)
  }

  @Test(
    "what can never be reached, or is no host, is refused",
    arguments: [
      "127.0.0.1", "224.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "fe80::1", "bad host", "a..b", "-a.test", "1.2.3",
      "0x7f.1", "1.2.3.04", "a\nb", "a;b", "", "{}", "300.1.1.1",
    ])
  func invalid(_ host: String) async {
    #expect(await failure(host)?.kind == .configurationInvalid, "\(host)")
  }

  @Test("a name that is unknown, that has no address, or that leads to a special address is refused by kind")
  func names() async {
    #expect(await failure("unknown.test")?.kind == .configurationInvalid)
    #expect(await failure("later.test")?.kind == .startFailed)
    #expect(await failure("empty.test", ["empty.test": []])?.kind == .configurationInvalid)
    for address in ["127.0.0.1", "169.254.169.254", "224.0.0.5"] {
      let error = await failure("rebound.test", ["rebound.test": ["198.51.100.1", address]])
      #expect(error?.kind == .configurationInvalid && error?.message.contains(address) == true)
    }
    #expect(await failure("10.0.0.1", port: 0)?.kind == .configurationInvalid)
  }

  @Test("a resolver that does not answer is given up in time")
  func hanging() async {
    struct HangingResolver: HostResolver {
      func addresses(of host: String) throws(HostResolutionError) -> [IPv4Address] {
        sleep(20)
        return []
      }
    }
    let error = await #expect(throws: SandboxError.self) {
      try await AllowedDestinations(
        [NetworkDestination(host: "slow.test", port: 80)], resolver: HangingResolver(), timeout: .milliseconds(50))
    }
    #expect(error == .timedOut(operation: "resolve slow.test", after: .milliseconds(50)))
  }

  @Test("names and addresses are kept apart, and each name has all its addresses and ports")
  func mixed() async throws {
    let found = try await resolve(
      [
        NetworkDestination(host: "10.1.2.3", port: 80), NetworkDestination(host: "Two.test", port: 443),
        NetworkDestination(host: "two.test", port: 80), NetworkDestination(host: "169.254.169.254", port: 80),
      ], ["two.test": ["198.51.100.2", "198.51.100.1"]])
    #expect(found.listed.sorted().map { "\($0.address):\($0.port)" } == ["10.1.2.3:80", "169.254.169.254:80"])
    #expect(
      found.named.sorted().map { "\($0.address):\($0.port)" }
        == ["198.51.100.1:80", "198.51.100.1:443", "198.51.100.2:80", "198.51.100.2:443"])
    #expect(found.hosts == ["two.test": ["198.51.100.1", "198.51.100.2"]])
  }

  @Test("addresses and networks are read as they are written")
  func addresses() throws {
    var random = SeededRandom.forTest()
    for _ in 0..<500 {
      let address = IPv4Address(value: random.next(upperBound: UInt32.max))
      #expect(IPv4Address(address.description) == address, "\(random)")
      let length = Int.random(in: 0...32, using: &random)
      let network = try #require(IPv4Network(containing: address, prefixLength: length))
      #expect(IPv4Network(network.description) == network && network.contains(address), "\(random)")
    }
    #expect(IPv4Network("10.0.0.1/8") == nil && IPv4Network("10.0.0.0/33") == nil && IPv4Network("10.0.0.0") == nil)
  }

  @Test("a subnet is free when no route but the default one touches it")
  func pool() throws {
    let table = """
      Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
      eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
      eth0\t0000630A\t00000000\t0001\t0\t0\t0\tFCFFFFFF\t0\t0\t0
      eth1\t0800630A\t00000000\t0001\t0\t0\t0\tF8FFFFFF\t0\t0\t0
      """
    let routes = RouteTable(text: table)
    #expect(routes.defaults.map(\.device) == ["eth0"])
    let near = try #require(IPv4Address("10.99.0.9"))
    #expect(routes.routes(to: near).map(\.device) == ["eth1"])
    let network = try #require(IPv4Network("10.99.0.0/28"))
    let pool = try #require(AddressPool(network))
    let only = try #require(IPv4Network("10.99.0.4/30"))
    for seed in 0..<8 { #expect(pool.freeSubnet(seed: UInt64(seed), routes: routes) == only) }
    let all = RouteTable(text: table + "\neth2\t0400630A\t00000000\t0001\t0\t0\t0\tFFFFFFFF\t0\t0\t0")
    #expect(pool.freeSubnet(seed: 3, routes: all) == nil)
  }

  @Test("names of devices fit the kernel, differ between sandboxes and instances, and are recognised")
  func deviceNames() {
    let ids = (0..<200).map { _ in SandboxID() }
    let names = ids.flatMap { id in
      ["a", "instance-of-forty-characters-000000000000"].map { NetworkNames(instance: $0, sandboxID: id).device }
    }
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.utf8.count == 15 && NetworkNames.isOurs($0) })
    for other in ["eth0", "systemd-netlink", "sy", "docker0"] { #expect(!NetworkNames.isOurs(other)) }
  }
}
