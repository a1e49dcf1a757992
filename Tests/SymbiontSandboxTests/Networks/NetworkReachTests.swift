import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("What a sandbox reaches over its network", .needsNetworkTools)
struct NetworkReachTests {
  @Test("an allowed host and port answers with data; its other ports, other hosts and the metadata service do not")
  func allowList() async throws {
    try await NetworkWorld.run { world in
      let outside = world.outsidePath
      let service = try await NetworkService.start(world, in: outside, address: NetworkWorld.service)
      let other = try await NetworkService.start(world, in: outside, address: NetworkWorld.service)
      let forbidden = try await NetworkService.start(
        world, in: outside, address: NetworkWorld.forbidden, port: service.port)
      let metadata = try await NetworkService.start(world, in: outside, address: NetworkWorld.metadata, port: 80)
      let machine = try await NetworkService.start(
        world, in: world.machinePath, address: "0.0.0.0", port: service.port)
      let sandboxID = SandboxID()
      let attachment = try await world.networks.attach(
        sandboxID, config: .only("\(NetworkWorld.service):\(service.port)"))
      let sandbox = attachment.namespacePath
      #expect(
        try await world.connect(from: sandbox, to: NetworkWorld.service, service.port, sending: 300_000)
          == .answered("\(NetworkService.greeting)300000\n"))
      let refused = Connection.failed(ECONNREFUSED)
      #expect(try await world.connect(from: sandbox, to: NetworkWorld.service, other.port) == refused)
      #expect(try await world.connect(from: sandbox, to: NetworkWorld.forbidden, forbidden.port) == refused)
      #expect(try await world.connect(from: sandbox, to: NetworkWorld.metadata, metadata.port) == refused)
      #expect(try await world.connect(from: sandbox, to: NetworkWorld.machine, machine.port) == refused)
      #expect(try await world.connect(from: sandbox, to: attachment.gateway, machine.port) == refused)
      #expect(try await world.connect(from: sandbox, to: "127.0.0.1", machine.port) == refused)
      let counters = try await world.networks.counters(of: sandboxID)
      #expect(counters.bytesSent > 300_000 && counters.bytesReceived > 0)
      #expect(counters.refusedPackets >= 5)
      let destinations = Set(counters.refusals.map { "\($0.address):\($0.port)/\($0.transport)" })
      #expect(destinations.contains("\(NetworkWorld.metadata):80/tcp"))
      #expect(destinations.contains("\(NetworkWorld.forbidden):\(service.port)/tcp"))
      #expect(counters.refusals.allSatisfy { $0.packets >= 1 })
      try await world.networks.detach(sandboxID)
    }
  }

  @Test("in the mode full everything outside answers, and the machine, its neighbours and link-local do not")
  func full() async throws {
    try await NetworkWorld.run { world in
      let service = try await NetworkService.start(world, in: world.outsidePath, address: "0.0.0.0")
      let machine = try await NetworkService.start(world, in: world.machinePath, address: "0.0.0.0")
      let ids = [SandboxID(), SandboxID()]
      let first = try await world.networks.attach(ids[0], config: NetworkConfig(mode: .full))
      let second = try await world.networks.attach(ids[1], config: NetworkConfig(mode: .full))
      let neighbour = try await NetworkService.start(world, in: second.namespacePath, address: "0.0.0.0")
      let sandbox = first.namespacePath
      for address in [NetworkWorld.service, NetworkWorld.forbidden, "192.0.2.1"] {
        #expect(try await world.connect(from: sandbox, to: address, service.port) == .greeted)
      }
      let neighbourAddress = String(second.address.prefix { $0 != "/" })
      for (address, port) in [
        (NetworkWorld.machine, machine.port), (first.gateway, machine.port), (second.gateway, machine.port),
        (NetworkWorld.metadata, service.port), (neighbourAddress, neighbour.port), ("127.0.0.1", machine.port),
      ] {
        let outcome = try await world.connect(from: sandbox, to: address, port)
        #expect([.failed(ECONNREFUSED), .failed(EHOSTUNREACH)].contains(outcome), "\(address)")
      }
      #expect(try await world.networks.counters(of: ids[0]).refusedPackets >= 4)
      for id in ids { try await world.networks.detach(id) }
    }
  }

  @Test("an address of the machine, and the metadata service, answer when the configuration lists them by address")
  func listed() async throws {
    try await NetworkWorld.run { world in
      let machine = try await NetworkService.start(world, in: world.machinePath, address: "0.0.0.0")
      let metadata = try await NetworkService.start(world, in: world.outsidePath, address: NetworkWorld.metadata)
      let sandboxID = SandboxID()
      let attachment = try await world.networks.attach(
        sandboxID,
        config: .only("\(NetworkWorld.machine):\(machine.port)", "\(NetworkWorld.metadata):\(metadata.port)"))
      let sandbox = attachment.namespacePath
      #expect(try await world.connect(from: sandbox, to: NetworkWorld.machine, machine.port) == .greeted)
      #expect(try await world.connect(from: sandbox, to: NetworkWorld.metadata, metadata.port) == .greeted)
      try await world.networks.detach(sandboxID)
    }
  }

  @Test(
    "a name is pinned to the addresses that it had, and one that leads to the machine gets no further than its rules")
  func named() async throws {
    let resolver = TableResolver(table: [
      "service.test": [NetworkWorld.service], "machine.test": [NetworkWorld.machine],
    ])
    try await NetworkWorld.run(adapt: { $0.resolver = resolver }) { world in
      let service = try await NetworkService.start(world, in: world.outsidePath, address: NetworkWorld.service)
      let machine = try await NetworkService.start(world, in: world.machinePath, address: "0.0.0.0")
      let sandboxID = SandboxID()
      let attachment = try await world.networks.attach(
        sandboxID, config: .only("Service.test:\(service.port)", "machine.test:\(machine.port)"))
      #expect(
        attachment.hosts == ["service.test": [NetworkWorld.service], "machine.test": [NetworkWorld.machine]])
      let sandbox = attachment.namespacePath
      #expect(try await world.connect(from: sandbox, to: NetworkWorld.service, service.port) == .greeted)
      #expect(
        try await world.connect(from: sandbox, to: NetworkWorld.machine, machine.port) == .failed(EHOSTUNREACH))
      try await world.networks.detach(sandboxID)
    }
  }

  @Test("datagrams pass to an allowed destination and are refused at once elsewhere")
  func datagrams() async throws {
    try await NetworkWorld.run { world in
      let server = try await world.inside(world.outsidePath) { () throws(SandboxError) in
        try NetworkBuilder.step("bind") { () throws(SystemError) in
          let socket = try NetworkSocket.make(.datagram)
          try NetworkSocket.bind(socket, address: NetworkWorld.service, port: 0)
          return socket
        }
      }
      let port = try NetworkSocket.port(of: server)
      let sandboxID = SandboxID()
      let attachment = try await world.networks.attach(sandboxID, config: .only("\(NetworkWorld.service):\(port)"))
      let refusal = try await world.inside(attachment.namespacePath) { () throws(SandboxError) -> Int32 in
        do throws(SystemError) {
          let socket = try NetworkSocket.make(.datagram)
          try NetworkSocket.connect(socket, address: NetworkWorld.service, port: port)
          try socket.write([1, 2, 3])
          let elsewhere = try NetworkSocket.make(.datagram)
          try NetworkSocket.connect(elsewhere, address: NetworkWorld.service, port: 53)
          try elsewhere.write([1, 2, 3])
          _ = try elsewhere.read(upTo: 16) { _ in }
          return 0
        } catch {
          return error.code
        }
      }
      #expect([EPERM, EHOSTUNREACH, ECONNREFUSED].contains(refusal))
      var received: [UInt8] = []
      _ = try server.read(upTo: 16) { received = Array($0) }
      #expect(received == [1, 2, 3])
      #expect(
        try await world.networks.counters(of: sandboxID).refusals.map { "\($0.address):\($0.port)/\($0.transport)" }
          == ["\(NetworkWorld.service):53/udp"])
      try await world.networks.detach(sandboxID)
    }
  }

  @Test("what runs in a sandbox cannot change its rules, addresses or routes")
  func unchangeable() async throws {
    try await NetworkWorld.run { world in
      let sandboxID = SandboxID()
      let attachment = try await world.networks.attach(sandboxID, config: .only("\(NetworkWorld.service):80"))
      let sandbox = attachment.namespacePath
      let unshare = ["/usr/bin/unshare", "--user", "--map-root-user"]
      for attempt in [
        ["nft", "flush", "ruleset"], ["ip", "link", "set", "eth0", "down"], ["ip", "route", "del", "default"],
        ["ip", "address", "add", "10.87.200.2/24", "dev", "eth0"],
        ["tc", "qdisc", "add", "dev", "eth0", "root", "pfifo"],
      ] {
        let code = try await world.program(unshare + attempt, inside: sandbox)
        #expect(code != nil && code != 0, "\(attempt)")
      }
      #expect(try await world.program(unshare + ["true"], inside: sandbox) == 0)
      #expect(try await world.connect(from: sandbox, to: NetworkWorld.forbidden, 80) == .failed(ECONNREFUSED))
      try await world.networks.detach(sandboxID)
    }
  }
}
