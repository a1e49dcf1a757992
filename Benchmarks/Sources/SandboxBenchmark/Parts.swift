import Foundation
import Logging
import SymbiontCore
import SymbiontSandbox

/// The parts of the benchmark, each of which prints its lines.
struct Parts {
  let stage: Stage
  let rounds: Int
  /// The names of the parts to run; empty for all.
  let asked: Set<String>

  private let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }

  /// Runs those that are asked for.
  func run() async throws {
    let first = tier(
      .runc, .runc(stateDirectory: "\(stage.peerDirectory)/runc"),
      ContainerTier.Bars(cold: .atMost(1.25), execute: .fasterBy(3), orchestrated: .atMost(1.25)))
    try await part("tier1-cold") { try await first.coldStart(rounds: rounds) }
    try await part("tier1-exec") { try await first.execution(rounds: rounds) }
    try await part("tier1-warm") {
      try await OrchestratedTier.with(first.driver, on: stage, name: "warm", logger: logger) {
        try await $0.warmClaims(rounds: rounds)
      }
    }
    try await part("tier1-short") { try await first.shortLives() }
    let second = tier(
      .runsc, .runsc(stateDirectory: "\(stage.peerDirectory)/runsc"),
      ContainerTier.Bars(cold: .atMost(1.15), execute: .none, orchestrated: .none))
    try await part("tier2-cold") { try await second.coldStart(rounds: rounds) }
    try await part("tier2-exec") { try await second.execution(rounds: rounds) }
    let third = MachineTier(on: stage, logger: logger)
    try await part("tier3-restore") { try await third.restores(rounds: rounds) }
    try await part("tier3-fork") { try await third.forks() }
  }

  private func part(_ name: String, _ body: () async throws -> Void) async throws {
    guard asked.isEmpty || asked.contains(name) else { return }
    FileHandle.standardError.write(Data("\(name)…\n".utf8))
    try await body()
  }

  /// A tier with an engine that makes containers.
  private func tier(
    _ engine: SandboxEngine, _ command: EngineCommand, _ bars: ContainerTier.Bars
  ) -> ContainerTier {
    let configuration = ContainerConfiguration(
      instance: stage.instance, stateDirectory: stage.stateDirectory, guestPath: stage.guestPath)
    return ContainerTier(
      driver: OCIRuntimeDriver(engine: engine, configuration: configuration, logger: logger), command: command,
      stage: stage, bars: bars, logger: logger)
  }
}
