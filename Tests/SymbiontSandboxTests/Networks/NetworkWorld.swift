import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

/// A machine and the world beyond it, in two network namespaces: no packet of a test leaves them.
///
/// The machine has an address of its own and a route to the outside, which has a service, a forbidden host, and a stand-in
/// for the metadata service of a cloud. The outside knows no way to sandboxes, so answers prove that the machine translates.
struct NetworkWorld: Sendable {
  let instance: String
  let directory: String
  let networks: SandboxNetworks

  static let service = "198.51.100.10"
  static let forbidden = "198.51.100.66"
  static let metadata = "169.254.169.254"
  static let machine = "192.0.2.2"

  var machinePath: String { "\(directory)/machine" }
  var outsidePath: String { "\(directory)/outside" }

  private init(_ adapt: (inout SandboxNetworksConfiguration) -> Void) throws {
    let name = "test-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    instance = name
    directory = "/tmp/symbiont-\(name)"
    var configuration = SandboxNetworksConfiguration(
      instance: name, uplinkNamespacePath: "\(directory)/machine", namespacesDirectory: "\(directory)/netns",
      lockPath: "\(directory)/lock", resolver: TableResolver(table: [:]))
    adapt(&configuration)
    networks = SandboxNetworks(configuration)
    try #require(mkdir(directory, 0o700) == 0)
  }

  /// Calls the body with a world, checks that nothing of a sandbox is left in it, and removes it.
  static func run(
    adapt: (inout SandboxNetworksConfiguration) -> Void = { _ in }, _ body: (NetworkWorld) async throws -> Void
  ) async throws {
    let world = try NetworkWorld(adapt)
    do {
      try await world.make()
      try await body(world)
      #expect(try await world.remains() == [])
    } catch {
      await world.remove()
      throw error
    }
    await world.remove()
  }

  private func make() async throws {
    let world = self
    try await NamespaceThread.run { () throws(SandboxError) in
      let ip = try NetworkTool(.ip, path: nil, timeout: .seconds(60))
      let machine = try NetworkBuilder.step("make the machine") { () throws(SystemError) in
        try NetworkNamespace.create(path: world.machinePath, in: world.directory)
      }
      let outside = try NetworkBuilder.step("make the outside") { () throws(SystemError) in
        try NetworkNamespace.create(path: world.outsidePath, in: world.directory)
      }
      try NetworkBuilder.step("enter") { () throws(SystemError) in
        try machine.enter()
        // A new namespace has the setting of the real machine.
        try NetworkSetting.forwardsEverywhere.set(0)
      }
      try ip.run(
        ["-batch", "-"],
        input: """
          link set dev lo up
          link add up0 type veth peer name down0 netns \(world.outsidePath)
          address add \(Self.machine)/24 dev up0
          link set dev up0 up

          """)
      try NetworkBuilder.step("enter") { () throws(SystemError) in try outside.enter() }
      try ip.run(
        ["-batch", "-"],
        input: """
          link set dev lo up
          address add 192.0.2.1/24 dev down0
          address add \(Self.service)/32 dev lo
          address add \(Self.forbidden)/32 dev lo
          address add \(Self.metadata)/32 dev lo
          link set dev down0 up

          """)
      try NetworkBuilder.step("enter") { () throws(SystemError) in try machine.enter() }
      try ip.run(["-batch", "-"], input: "route add default via 192.0.2.1\n")
    }
  }

  private func remove() async {
    if let left = try? await networks.survivors() { _ = try? await networks.reap(Array(left)) }
    try? NetworkNamespace.remove(path: machinePath)
    try? NetworkNamespace.remove(path: outsidePath)
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// Everything that exists of sandboxes: files of namespaces, devices, rules and changed settings.
  func remains() async throws -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: networks.configuration.namespacesDirectory)) ?? []
    let rest = try await inside(machinePath) { () throws(SandboxError) -> [String] in
      let nft = try NetworkTool(.nft, path: nil, timeout: .seconds(60))
      let devices = NetworkDevices.current().traffic.keys.filter(NetworkNames.isOurs)
      let settings = NetworkSetting.forwarding("up0").value == 0 ? [] : ["forwarding of up0"]
      return devices + settings + (try nft.run(["list", "tables"])).split(separator: "\n").map(String.init)
    }
    return files + rest
  }

  /// Runs the body on a thread inside of a namespace.
  func inside<Value: Sendable>(
    _ path: String, _ body: @escaping @Sendable () throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    try await NamespaceThread.run { () throws(SandboxError) in
      try NetworkBuilder.step("enter `\(path)`") { () throws(SystemError) in try NetworkNamespace(path: path).enter() }
      return try body()
    }
  }

  /// Runs a program inside of a namespace and returns its code.
  func program(_ arguments: [String], inside path: String) async throws -> Int32? {
    try await inside(path) { () throws(SandboxError) in
      try NetworkBuilder.step("run") { () throws(SystemError) in
        let input = try MemoryFile.make([])
        let output = try MemoryFile.make([])
        let process = try input.use { input throws(SystemError) in
          try output.use { output throws(SystemError) in
            try SpawnedProcess(
              path: arguments[0], arguments: arguments, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
              input: input, output: output)
          }
        }
        return try process.waitForExit(within: .seconds(60))?.code
      }
    }
  }
}

/// A resolver of a table, for tests.
struct TableResolver: HostResolver {
  var table: [String: [String]]

  func addresses(of host: String) throws(HostResolutionError) -> [IPv4Address] {
    guard let found = table[host] else {
      throw HostResolutionError(reason: "the table does not have it", isTemporary: host.hasPrefix("later"))
    }
    return found.compactMap(IPv4Address.init)
  }
}

extension NetworkConfig {
  /// An allow-list of `HOST:PORT` texts.
  static func only(_ destinations: String...) -> NetworkConfig {
    NetworkConfig(
      mode: .allowList,
      allowedDestinations: destinations.map { text in
        let parts = text.split(separator: ":")
        return NetworkDestination(host: String(parts[0]), port: UInt16(parts[1]) ?? 0)
      })
  }
}
