import Foundation
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontStore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

/// An orchestrator with directories, a store and drivers of its own, for one test.
struct OrchestratorFixture: Sendable {
  let configuration: SandboxOrchestratorConfiguration
  let store: Store
  let orchestrator: DefaultSandboxOrchestrator
  let home: String

  /// Calls the body, ends all sandboxes, and checks that nothing of them is left on the machine.
  static func run(
    store: Store? = nil, drivers: ((SandboxOrchestratorConfiguration) -> [any SandboxDriver])? = nil,
    networks: (any SandboxNetworking)? = nil, attestor: (any SandboxAttesting)? = nil,
    _ body: (OrchestratorFixture) async throws -> Void
  ) async throws {
    let name = "test-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let home = "/tmp/symbiont-\(name)"
    try #require(mkdir(home, 0o711) == 0)
    defer { try? FileManager.default.removeItem(atPath: home) }
    let configuration = SandboxOrchestratorConfiguration(
      instance: name, dataDirectory: "\(home)/data/sandboxes", stateDirectory: "\(home)/state")
    let store = try store ?? Store.open(StoreConfiguration(durability: .memory))
    let orchestrator = DefaultSandboxOrchestrator(
      configuration, store: store, drivers: drivers?(configuration) ?? [runc(configuration)], networks: networks,
      attestor: attestor)
    let fixture = OrchestratorFixture(
      configuration: configuration, store: store, orchestrator: orchestrator, home: home)
    do { try await body(fixture) } catch {
      await orchestrator.shutdown()
      throw error
    }
    await orchestrator.shutdown()
    #expect(orchestrator.list() == [])
    #expect(try await fixture.remains() == [])
  }

  static func runc(_ configuration: SandboxOrchestratorConfiguration) -> any SandboxDriver {
    OCIRuntimeDriver(
      engine: .runc,
      configuration: ContainerConfiguration(
        instance: configuration.instance, stateDirectory: configuration.stateDirectory,
        guestPath: "\(Products.directory)/symbi-guest"))
  }

  /// Everything that exists of the fixture's sandboxes, in words.
  func remains() async throws -> [String] {
    let mounts = MountTable.current().entries.map(\.path).filter { $0.hasPrefix("\(home)/") }
    let groups = CgroupHierarchy(.current()).names().filter { $0.hasPrefix("\(configuration.instance)-") }
    let rows = try await store.read { store in try store.sandboxes() }.map { "row \($0.id)" }
    let volumes = orchestrator.volumes.survivors().map { "volume \($0)" }
    return mounts + groups + rows + volumes
  }

  var config: SandboxConfig {
    SandboxConfig(
      agentID: AgentID(), resourceLimits: ResourceLimits(memoryMegabytes: 128, executionTimeout: .seconds(120)),
      filesystemConfig: FilesystemConfig(workspaceMegabytes: 16))
  }

  /// Makes and starts a sandbox.
  func start(
    _ options: SandboxOptions = SandboxOptions(), adapt: (inout SandboxConfig) -> Void = { _ in }
  ) async throws -> SandboxID {
    var config = config
    adapt(&config)
    let sandboxID = try await orchestrator.createSandbox(config, options)
    try await orchestrator.startSandbox(sandboxID)
    return sandboxID
  }

  /// Runs a shell script.
  func shell(_ sandboxID: SandboxID, _ script: String) async throws -> CommandResult {
    try await orchestrator.executeCommand(sandboxID, command: "sh", arguments: ["-c", script])
  }
}

/// Where the package's products are: beside the bundle of the tests.
enum Products {
  static let directory: String = {
    let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    // Not every argument is a path, and Foundation traps at some that are none.
    let candidates = ([link] + ProcessInfo.processInfo.arguments).filter { $0.hasPrefix("/") }
    let directories = candidates.map { ($0 as NSString).deletingLastPathComponent }
    return directories.first { access("\($0)/symbi-guest", X_OK) == 0 }
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path + "/.build/debug"
  }()
}
