import Foundation
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

/// A driver of one engine with a state directory and volumes of its own, for one test.
struct ContainerFixture: Sendable {
  let engine: SandboxEngine
  let configuration: ContainerConfiguration
  let directory: String

  static let engines: [SandboxEngine] = [.runc, .crun, .runsc, .bubblewrap].filter(isHere)

  /// In CI every engine is here, so that nothing is skipped there.
  static func isHere(_ engine: SandboxEngine) -> Bool {
    let name = engine == .bubblewrap ? "bwrap" : engine.rawValue
    let isFound = RequiredEngine.directories.contains { access("\($0)/\(name)", X_OK) == 0 }
    let environment = ProcessInfo.processInfo.environment
    return (isFound && geteuid() == 0) || environment["CI"] != nil || environment["SYMBIONT_STRICT"] == "1"
  }

  var driver: any SandboxDriver {
    engine == .bubblewrap
      ? BubblewrapDriver(configuration: configuration) : OCIRuntimeDriver(engine: engine, configuration: configuration)
  }

  /// Calls the body with a fixture, checks that nothing is left of its sandboxes, and removes everything.
  static func run(_ engine: SandboxEngine, _ body: (ContainerFixture) async throws -> Void) async throws {
    let name = "test-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let directory = "/tmp/symbiont-\(name)"
    let fixture = ContainerFixture(
      engine: engine, configuration: ContainerConfiguration(instance: name, stateDirectory: "\(directory)/state"),
      directory: directory)
    try #require(mkdir(directory, 0o711) == 0)
    // Nobody else may enter where the files are, as in a data directory.
    try #require(mkdir("\(directory)/data", 0o700) == 0)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    do {
      try await body(fixture)
      #expect(fixture.remains == [])
    } catch {
      let driver = fixture.driver
      _ = try? await driver.reap(Array(driver.survivors()))
      throw error
    }
  }

  /// Everything that exists on the machine and carries the fixture's name.
  var remains: Set<String> {
    let directories = ContainerDirectories(configuration, engine: engine)
    let files = [directories.bundles, directories.engineState].flatMap { path in
      ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).map { "\(path)/\($0)" }
    }
    let groups = CgroupHierarchy(.current()).names().filter { $0.contains(configuration.instance) }
    let mounts = MountTable.current().entries.map(\.path).filter { $0.contains(configuration.instance) }
    let processes = ProcessTable.processes(naming: "\(configuration.instance)-").filter { number in
      // The guard of the orphans names the instance alone.
      ProcessTable.firstArgument(of: number) != "sh"
    }
    return Set(files + groups + mounts + processes.map { "process \($0)" })
  }

  /// A new directory of the sandboxes' user, as a volume.
  func volume() throws -> String {
    let path = "\(directory)/data/\(UUID().uuidString)"
    let owner = configuration.firstUserID + RuncConfiguration.commandUserID
    try #require(mkdir(path, 0o755) == 0 && chown(path, owner, owner) == 0)
    return path
  }

  func launch(_ adapt: (inout SandboxLaunch) -> Void = { _ in }) throws -> SandboxLaunch {
    var launch = SandboxLaunch(sandboxID: SandboxID(), volume: .directory(try volume()))
    launch.limits.resources.memoryMegabytes = 256
    adapt(&launch)
    return launch
  }

  /// Starts a sandbox, greets its guest, and destroys it after the body.
  func sandbox(
    _ driver: (any SandboxDriver)? = nil, _ adapt: (inout SandboxLaunch) -> Void = { _ in },
    _ body: (ContainerUnderTest) async throws -> Void
  ) async throws {
    let launch = try launch(adapt)
    let launched = try await (driver ?? self.driver).launch(launch)
    do {
      try await body(try await ContainerUnderTest.greet(launched, launch, on: engine))
      try await launched.destroy()
    } catch {
      print("\(engine) ended: \(await Self.reason(launched))")
      try? await launched.destroy()
      throw error
    }
  }

  private static func reason(_ launched: any LaunchedSandbox) async -> String {
    await withTaskGroup(of: String.self) { group in
      group.addTask { await launched.waitForEnd().reason }
      group.addTask {
        try? await Task.sleep(for: .seconds(1))
        try? await launched.destroy()
        return "it was still running"
      }
      let first = await group.next() ?? ""
      group.cancelAll()
      return first
    }
  }
}

/// A started sandbox with its greeted guest.
struct ContainerUnderTest: SandboxUnderAttack {
  let launched: any LaunchedSandbox
  let connection: GuestConnection
  let launch: SandboxLaunch

  static func greet(
    _ launched: any LaunchedSandbox, _ launch: SandboxLaunch, on engine: SandboxEngine = .runc
  ) async throws -> ContainerUnderTest {
    let connection = GuestConnection(launched.channel)
    _ = try await connection.greet(timeout: .seconds(60))
    let user = launched.commandUserID
    try await connection.configure(
      GuestConfiguration(
        environment: ["PATH": "/usr/bin:/bin", "HOME": "/workspace"], workspacePath: "/workspace", userID: user,
        groupID: user))
    return ContainerUnderTest(
      launched: launched, connection: connection, launch: launch, endsWhenMemoryIsOut: engine.tier == .tier2)
  }

  var workspace: String {
    guard case .directory(let path) = launch.volume else { return "" }
    return path
  }

  var limits: SandboxAttack.Limits {
    var limits = SandboxAttack.Limits()
    limits.memoryMegabytes = launch.limits.resources.memoryMegabytes
    limits.cpuCores = launch.limits.resources.cpuCores
    limits.processes = launch.limits.processes
    limits.workspaceMegabytes = launch.limits.workspaceMegabytes
    return limits
  }

  let attackerPath = "/workspace/.attacker"
  let endsWhenMemoryIsOut: Bool

  func processorTime() throws -> Duration { try launched.processorTime() }

  func ending() async -> String { await launched.waitForEnd().reason }

  func run(_ arguments: [String], input: [UInt8], timeout: Duration) async throws -> CommandResult {
    try await connection.run(
      ExecutionRequest(arguments: arguments, timeout: timeout), input: input, outputLimit: 1_048_576)
  }

  func shell(_ text: String, timeout: Duration = .seconds(120)) async throws -> CommandResult {
    try await run(["/bin/sh", "-c", text], input: [], timeout: timeout)
  }

  func upload(_ localPath: String, to path: String) async throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: localPath))
    try await connection.upload(Array(bytes), to: path, permissions: 0o755)
  }

  func download(_ path: String, to localPath: String) async throws {
    let bytes = try await connection.download(path, maximumBytes: 1_048_576)
    try Data(bytes).write(to: URL(fileURLWithPath: localPath))
  }

  /// Copies the attacking program into the workspace.
  func arm() async throws {
    let guest = try GuestProgram.locate()
    let directory = guest.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    try await upload("\(directory)/sandbox-attacker", to: ".attacker")
  }
}

extension LaunchedSandbox {
  /// The processor time that its control group counted.
  func processorTime() throws -> Duration {
    let path = try #require(controlGroupPath)
    let counters = try ControlGroup(path: path, hierarchy: CgroupHierarchy(.current())).counters()
    return .nanoseconds(try #require(counters.cpuNanoseconds))
  }
}
