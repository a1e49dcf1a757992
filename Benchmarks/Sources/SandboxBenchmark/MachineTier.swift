import Foundation
import Logging
import Measuring
import SymbiontCore
import SymbiontSandbox

/// Tier 3: virtual machines that go on from a saved state beside those that are started anew.
struct MachineTier {
  let driver: QEMUDriver
  let stage: Stage
  let logger: Logger

  private let clock = ContinuousClock()

  /// A machine without an image has a root of its own, in which programs lie elsewhere.
  private static let program = ["echo", "ready"]

  init(on stage: Stage, logger: Logger) {
    self.stage = stage
    self.logger = logger
    driver = QEMUDriver(
      MicroVMConfiguration(
        instance: stage.instance, stateDirectory: stage.stateDirectory, guestPath: stage.guestPath), logger: logger)
  }

  /// From nothing to the end of a first program.
  func restores(rounds: Int) async throws {
    var comparison = Comparison("tier3-restore", peer: "the same machine started anew", bar: .atMost(0.5))
    // Each start anew takes many seconds.
    let rounds = min(rounds, Self.maximumRounds)
    let anewDriver = AnewDriver(driver: driver)
    try await OrchestratedTier.with(driver, on: stage, name: "restored", logger: logger) { restored in
      try await OrchestratedTier.with(anewDriver, on: stage, name: "anew", logger: logger) { anew in
        try await comparison.measure(rounds: rounds, warmUp: 1) {
          try await firstAnswer(of: restored)
        } peer: {
          try await firstAnswer(of: anew)
        }
      }
    }
    comparison.details["ours"] = .text("create, start and run by the orchestrator")
    try comparison.report()
  }

  private static let maximumRounds = 5

  private func firstAnswer(of tier: OrchestratedTier) async throws -> Duration {
    let start = clock.now
    let sandboxID = try await tier.start()
    try await tier.run(Self.program, in: sandboxID)
    let time = clock.now - start
    try await tier.orchestrator.destroySandbox(sandboxID)
    return time
  }

  /// Copies of one running machine, which have what they do not change in memory once.
  func forks() async throws {
    try await OrchestratedTier.with(driver, on: stage, name: "forks", logger: logger) { tier in
      let original = try await tier.start()
      try await tier.run(Self.program, in: original)
      var copies: [SandboxID] = []
      let time = try await clock.measure {
        copies = try await tier.orchestrator.fork(original, count: Self.copies)
        for copy in copies { try await tier.run(Self.program, in: copy) }
      }
      try report(copies.flatMap { stage.processes(of: $0) }, time)
    }
  }

  private func report(_ processIDs: [Int32], _ time: Duration) throws {
    let shared = MappedFile.mappings(of: processIDs, prefix: "/memfd:symbiont-")
    guard let memory = shared.first(where: { $0.processes.count == Self.copies }) else {
      throw BenchmarkFailure(
        "no file of memory is mapped by all of \(processIDs), but by \(shared.map(\.processes.count)) of them")
    }
    try ReportLine(
      benchmark: "tier3-fork",
      [
        "copies": .number(Double(Self.copies)), "processes": .number(Double(memory.processes.count)),
        "seconds_until_all_answered": .number(time / .seconds(1)),
        "resident_bytes": .number(Double(memory.residentBytes)),
        "proportional_bytes": .number(Double(memory.proportionalBytes)),
        "private_dirty_bytes": .number(Double(memory.privateDirtyBytes)),
        "peer": .text("the same memory without sharing"),
        "ratio": .number(Double(memory.proportionalBytes) / Double(max(1, memory.residentBytes))),
        "bar_ratio_below": .number(1),
        "met": .text(memory.proportionalBytes < memory.residentBytes ? "yes" : "no"),
      ]
    ).report()
  }

  private static let copies = 8
}

/// Starts every machine anew.
private struct AnewDriver: SandboxDriver {
  let driver: QEMUDriver

  var engine: SandboxEngine { driver.engine }

  func examine() async -> EngineReport { await driver.examine() }

  func launch(_ launch: SandboxLaunch) async throws(SandboxError) -> any LaunchedSandbox {
    try await driver.launchAnew(launch)
  }

  func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID: [String]] {
    try await driver.reap(sandboxIDs)
  }

  func survivors() async throws(SandboxError) -> Set<SandboxID> { try await driver.survivors() }
}
