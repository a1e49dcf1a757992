import Foundation
import Logging
import Measuring
import SymbiontCore
import SymbiontSandbox
import SymbiontStore

/// Sandboxes as the runtime has them: made by the orchestrator, with rows in a durable store and limits that are proven.
struct OrchestratedTier {
  let orchestrator: DefaultSandboxOrchestrator
  let tier: SecurityTier
  private let store: Store
  private let clock = ContinuousClock()

  private static let workspaceMegabytes = 16
  private static let outputBytes = 4_096

  /// Opens a store and an orchestrator of one driver, which begin with nothing.
  ///
  /// - Parameter name: The data directory of this one on the stage.
  private init(_ driver: any SandboxDriver, on stage: Stage, name: String, logger: Logger) async throws {
    tier = driver.engine.tier
    let directory = "\(stage.dataDirectory)/\(name)"
    try stage.make(directory, mode: 0o700)
    store = try Store.open(StoreConfiguration(durability: .disk(directory: directory)))
    orchestrator = DefaultSandboxOrchestrator(
      SandboxOrchestratorConfiguration(
        instance: stage.instance, dataDirectory: "\(directory)/sandboxes", stateDirectory: stage.stateDirectory),
      store: store, drivers: [driver], logger: logger)
  }

  /// Opens it for a body, and destroys everything after it, also when it fails.
  static func with(
    _ driver: any SandboxDriver, on stage: Stage, name: String, logger: Logger,
    _ body: (OrchestratedTier) async throws -> Void
  ) async throws {
    let tier = try await OrchestratedTier(driver, on: stage, name: name, logger: logger)
    do { try await body(tier) } catch {
      await tier.close()
      throw error
    }
    await tier.close()
  }

  private func close() async {
    await orchestrator.shutdown()
    await store.close()
  }

  private var config: SandboxConfig {
    SandboxConfig(
      agentID: AgentID(), securityTier: tier,
      filesystemConfig: FilesystemConfig(workspaceMegabytes: Self.workspaceMegabytes))
  }

  /// A new sandbox that runs.
  func start() async throws -> SandboxID {
    let sandboxID = try await orchestrator.createSandbox(config)
    try await orchestrator.startSandbox(sandboxID)
    return sandboxID
  }

  /// Runs a program to its successful end.
  func run(_ arguments: [String], in sandboxID: SandboxID) async throws {
    let result = try await orchestrator.run(
      sandboxID, ExecutionRequest(arguments: arguments), outputLimit: Self.outputBytes)
    guard result.exitCode == 0, !result.standardOutput.isEmpty else {
      throw BenchmarkFailure("`\(arguments[0])` ended as \(result)")
    }
  }

  /// A sandbox that waited, given to an agent, and a program in it to its end.
  func warmClaims(rounds: Int) async throws {
    var comparison = Comparison(
      "tier\(tier.rawValue)-warm-claim", peer: "fork and exec of the same program", bar: .atMost(5))
    try orchestrator.keepWarm(Self.waiting, of: config)
    try await comparison.measure(rounds: rounds) {
      try await waitForPool()
      let config = config
      let start = clock.now
      let sandboxID = try await orchestrator.claimSandbox(config)
      try await run(Program.echo, in: sandboxID)
      let time = clock.now - start
      try await orchestrator.destroySandbox(sandboxID)
      return time
    } peer: {
      try await waitForPool()
      return try clock.measure { try ForkedProgram.run(Program.echo) }
    }
    try orchestrator.keepWarm(0, of: config)
    comparison.details["ours"] = .text("claim, with its row committed and its workspace attached, and run")
    try comparison.report()
  }

  private static let waiting = 2
  private static let pause = Duration.milliseconds(20)
  private static let patience = Duration.seconds(60)

  /// Nothing is made in the background while something is timed.
  private func waitForPool() async throws {
    let start = clock.now
    while orchestrator.warmCount(of: config) < Self.waiting {
      guard clock.now - start < Self.patience else { throw BenchmarkFailure("the pool was not filled") }
      try await Task.sleep(for: Self.pause)
    }
  }
}
