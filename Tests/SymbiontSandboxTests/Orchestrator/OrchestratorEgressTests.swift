import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite("The network of a sandbox that the orchestrator made", .needsNetworkTools, .serialized, .timeLimit(.minutes(10)))
struct OrchestratorEgressTests {
  /// Connects, and prints what the other side says.
  private func connect(_ fixture: OrchestratorFixture, _ id: SandboxID, _ address: String, _ port: UInt16) async throws
    -> CommandResult
  {
    try await fixture.orchestrator.executeCommand(
      id, command: "busybox", arguments: ["timeout", "20", "busybox", "nc", address, "\(port)"])
  }

  @Test(
    "reaches the allowed host and port, and neither other ports, other hosts, the metadata service nor the machine",
    arguments: OrchestratorFixture.engines)
  func allowList(engine: SandboxEngine) async throws {
    try await NetworkWorld.run(adapt: { $0.tapUserID = MicroVMConfiguration(instance: "test").firstUserID }) { world in
      let outside = world.outsidePath
      let service = try await NetworkService.start(world, in: outside, address: NetworkWorld.service)
      let other = try await NetworkService.start(world, in: outside, address: NetworkWorld.service)
      let forbidden = try await NetworkService.start(
        world, in: outside, address: NetworkWorld.forbidden, port: service.port)
      let metadata = try await NetworkService.start(world, in: outside, address: NetworkWorld.metadata, port: 80)
      let machine = try await NetworkService.start(
        world, in: world.machinePath, address: "0.0.0.0", port: service.port)
      try await world.watchOutside(allowing: NetworkWorld.service, service.port)
      try await OrchestratorFixture.run(engine, networks: world.networks) { fixture in
        let id = try await fixture.start { config in
          config.securityTier = engine.tier
          config.networkConfig = .only("\(NetworkWorld.service):\(service.port)")
        }
        let findings = try #require(try fixture.orchestrator.describe(id).attestation).findings
        #expect(findings.filter { !$0.holds } == [])
        #expect(Set(findings.map(\.limit)).isSuperset(of: ["network_io_mbps", "allowed_destinations"]))
        let answer = try await connect(fixture, id, NetworkWorld.service, service.port)
        #expect(answer.output == "\(NetworkService.greeting)0\n", "\(answer.errors)")
        for (address, port) in [
          (NetworkWorld.service, other.port), (NetworkWorld.forbidden, forbidden.port),
          (NetworkWorld.metadata, metadata.port), (NetworkWorld.machine, machine.port), ("127.0.0.1", machine.port),
        ] {
          let refused = try await connect(fixture, id, address, port)
          #expect(refused.exitCode != 0 && refused.output == "", "\(address):\(port) answered \(refused.output)")
        }
        let counters = try await world.networks.counters(of: id)
        #expect(counters.bytesReceived > 0)
        let destinations = Set(counters.refusals.map { "\($0.address):\($0.port)/\($0.transport)" })
        #expect(destinations.contains("\(NetworkWorld.metadata):80/tcp"))
        #expect(destinations.contains("\(NetworkWorld.forbidden):\(service.port)/tcp"))
      }
      #expect(try await world.strayPackets() == 0, "packets to nobody who was allowed came out of the machine")
    }
  }

  @Test("is not there without an allow-list", arguments: OrchestratorFixture.engines)
  func none(engine: SandboxEngine) async throws {
    try await NetworkWorld.run { world in
      let service = try await NetworkService.start(world, in: world.outsidePath, address: NetworkWorld.service)
      try await world.watchOutside(allowing: NetworkWorld.forbidden, 1)
      try await OrchestratorFixture.run(engine, networks: world.networks) { fixture in
        let id = try await fixture.start { $0.securityTier = engine.tier }
        let refused = try await connect(fixture, id, NetworkWorld.service, service.port)
        #expect(refused.exitCode != 0 && refused.output == "")
      }
      #expect(try await world.strayPackets() == 0)
    }
  }
}

extension NetworkWorld {
  /// Counts, outside, the packets that come from the machine to anybody but one service.
  func watchOutside(allowing address: String, _ port: UInt16) async throws {
    try await inside(outsidePath) { () throws(SandboxError) in
      let nft = try NetworkTool(.nft, path: nil, timeout: .seconds(60))
      try nft.run(
        ["-f", "-"],
        input: """
          table inet watch {
            counter stray { }
            chain input {
              type filter hook input priority -10
              iifname "down0" ip daddr \(address) tcp dport \(port) accept
              iifname "down0" counter name stray
            }
          }

          """)
    }
  }

  /// How many there were.
  func strayPackets() async throws -> UInt64 {
    try await inside(outsidePath) { () throws(SandboxError) in
      let nft = try NetworkTool(.nft, path: nil, timeout: .seconds(60))
      return try NetworkListing(nft.run(["-j", "list", "table", "inet", "watch"])).packets(ofCounter: "stray")
    }
  }
}
