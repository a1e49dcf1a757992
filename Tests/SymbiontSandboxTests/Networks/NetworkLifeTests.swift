import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("Making and removing networks", .needsNetworkTools)
struct NetworkLifeTests {
  @Test("twenty networks made at once have twenty different addresses, and all are gone after")
  func concurrent() async throws {
    try await NetworkWorld.run { world in
      let service = try await NetworkService.start(world, in: world.outsidePath, address: NetworkWorld.service)
      let ids = (0..<20).map { _ in SandboxID() }
      let attachments = try await withThrowingTaskGroup(of: SandboxNetworkAttachment.self) { group in
        for id in ids {
          group.addTask {
            try await world.networks.attach(id, config: .only("\(NetworkWorld.service):\(service.port)"), rate: 10)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(attachments.map(\.address)).count == ids.count)
      for attachment in attachments {
        #expect(
          try await world.connect(from: attachment.namespacePath, to: NetworkWorld.service, service.port) == .greeted)
      }
      #expect(try await world.networks.survivors() == Set(ids))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for id in ids { group.addTask { try await world.networks.detach(id) } }
        try await group.waitForAll()
      }
      #expect(try await world.networks.survivors() == [])
    }
  }

  @Test("a program that fails half-way leaves nothing, and the error names it", arguments: ["ip", "nft", "tc"])
  func failingTool(_ name: String) async throws {
    // Each works until it is asked for the sandbox's own side, which is done last.
    let marker = ["ip": "route add", "nft": "table inet sandbox", "tc": "dev eth0"][name] ?? ""
    let script = """
      #!/bin/sh
      input=$(cat; echo)
      case "$input" in *"\(marker)"*) echo 'out of order' >&2; exit 3;; esac
      printf '%s\\n' "$input" | /usr/sbin/\(name) "$@"
      """
    let path = "/tmp/symbiont-tool-\(UInt64.random(in: .min ... .max))"
    #expect(FileManager.default.createFile(atPath: path, contents: Data(script.utf8)))
    #expect(chmod(path, 0o755) == 0)
    defer { unlink(path) }
    try await NetworkWorld.run(adapt: { $0.toolPaths = [name: path] }) { world in
      let error = await #expect(throws: SandboxError.self) {
        try await world.networks.attach(SandboxID(), config: .only("\(NetworkWorld.service):80"), rate: 1)
      }
      #expect(error?.message.contains("`\(name) ") == true && error?.message.contains("out of order") == true)
      #expect(error?.message.contains("the kernel must have") == true)
    }
  }

  @Test("a program that is not installed, or that hangs, is a typed error, and nothing is left")
  func missingTool() async throws {
    try await NetworkWorld.run(adapt: { $0.toolPaths = ["tc": "/nonexistent/tc"] }) { world in
      let error = await #expect(throws: SandboxError.self) {
        try await world.networks.attach(SandboxID(), config: .only("\(NetworkWorld.service):80"))
      }
      #expect(error?.kind == .engineMissing && error?.message.contains("`/nonexistent/tc`") == true)
    }
    let path = "/tmp/symbiont-tool-\(UInt64.random(in: .min ... .max))"
    #expect(FileManager.default.createFile(atPath: path, contents: Data("#!/bin/sh\nexec sleep 1000\n".utf8)))
    #expect(chmod(path, 0o755) == 0)
    defer { unlink(path) }
    let hanging = { (configuration: inout SandboxNetworksConfiguration) in
      configuration.toolPaths = ["tc": path]
      configuration.toolTimeout = .seconds(2)
    }
    try await NetworkWorld.run(adapt: hanging) { world in
      let error = await #expect(throws: SandboxError.self) {
        try await world.networks.attach(SandboxID(), config: .only("\(NetworkWorld.service):80"), rate: 1)
      }
      #expect(error == .timedOut(operation: "tc for a network", after: .seconds(2)))
    }
  }

  @Test("a second network for the same sandbox is refused, and the first stays as it is")
  func twice() async throws {
    try await NetworkWorld.run { world in
      let service = try await NetworkService.start(world, in: world.outsidePath, address: NetworkWorld.service)
      let id = SandboxID()
      let config = NetworkConfig.only("\(NetworkWorld.service):\(service.port)")
      let attachment = try await world.networks.attach(id, config: config)
      await #expect(throws: SandboxError.sandboxAlreadyExists(sandboxID: id)) {
        try await world.networks.attach(id, config: config)
      }
      #expect(
        try await world.connect(from: attachment.namespacePath, to: NetworkWorld.service, service.port) == .greeted)
      try await world.networks.detach(id)
      try await world.networks.detach(id)
      await #expect(throws: SandboxError.sandboxNotFound(sandboxID: id)) {
        try await world.networks.counters(of: id)
      }
    }
  }

  @Test("a later runtime of the same data finds and removes what is left, and nothing of other instances")
  func reaping() async throws {
    try await NetworkWorld.run { world in
      var foreign = world.networks.configuration
      foreign.instance += "-other"
      let others = SandboxNetworks(foreign)
      let kept = SandboxID()
      let config = NetworkConfig.only("\(NetworkWorld.service):80")
      try await _ = others.attach(kept, config: config)
      let ids = [SandboxID(), SandboxID(), SandboxID()]
      for id in ids { _ = try await world.networks.attach(id, config: config) }
      let broken = NetworkNames(instance: world.instance, sandboxID: ids[1])
      // As long as something is in it, a namespace and its devices outlive its file.
      let held = try NetworkNamespace(path: world.networks.configuration.namespacePath(broken))
      defer { withExtendedLifetime(held) {} }
      #expect(unlinkNamespace(world.networks.configuration.namespacePath(broken)))
      let successor = SandboxNetworks(world.networks.configuration)
      #expect(try await successor.survivors() == Set(ids))
      let reaped = try await successor.reap(ids + [SandboxID()])
      #expect(Set(reaped.keys) == Set(ids))
      #expect(reaped[ids[0]]?.contains { $0.contains("network namespace `\(world.instance)-\(ids[0])`") } == true)
      #expect(reaped[ids[1]]?.contains { $0.contains("network device") } == true)
      #expect(reaped.values.joined().contains("nft table `\(NetworkNames.table(of: world.instance))`"))
      #expect(try await successor.reap(ids) == [:])
      #expect(try await others.survivors() == [kept])
      try await others.detach(kept)
    }
  }

  private func unlinkNamespace(_ path: String) -> Bool {
    (try? NetworkNamespace.remove(path: path)) != nil
  }

  @Test("the machine forwards for sandboxes only, and no longer once the last one is gone")
  func forwarding() async throws {
    try await NetworkWorld.run { world in
      let id = SandboxID()
      _ = try await world.networks.attach(id, config: NetworkConfig(mode: .full))
      let settings = try await world.inside(world.machinePath) { () throws(SandboxError) in
        [NetworkSetting.forwardsEverywhere.value, NetworkSetting.forwarding("up0").value]
      }
      #expect(settings == [0, 1])
      try await world.networks.detach(id)
    }
  }

  @Test("when all addresses are taken it says so, and one that is given back is used again")
  func exhausted() async throws {
    let pool = try #require(IPv4Network("10.99.0.0/29"))
    try await NetworkWorld.run(adapt: { $0.pool = pool }) { world in
      let config = NetworkConfig.only("\(NetworkWorld.service):80")
      let ids = [SandboxID(), SandboxID(), SandboxID()]
      for id in ids.prefix(2) { _ = try await world.networks.attach(id, config: config) }
      let error = await #expect(throws: SandboxError.self) {
        try await world.networks.attach(ids[2], config: config)
      }
      #expect(error?.kind == .startFailed && error?.message.contains("`10.99.0.0/29`") == true)
      try await world.networks.detach(ids[0])
      _ = try await world.networks.attach(ids[2], config: config)
      for id in ids { try await world.networks.detach(id) }
    }
  }

  @Test("the report of this machine finds everything, and names what is missing")
  func report() async throws {
    try await NetworkWorld.run { world in
      let report = await world.networks.examine()
      #expect(report.checks.compactMap(\.failure) == [])
      #expect(report.canFilter && report.canLimitRates && report.canServeVirtualMachines)
    }
    try await NetworkWorld.run(adapt: { $0.toolPaths = ["nft": "/nonexistent/nft"] }) { world in
      let report = await world.networks.examine()
      #expect(!report.canFilter)
      #expect(report.checks.first?.failure?.contains("`nftables`") == true)
      #expect(report.checks.allSatisfy { $0.failure != nil })
    }
  }
}
