import Foundation
import SymbiontTesting
import Testing

@Suite("Simulated runs of the error handler")
struct RecoverySimulationTests {
  /// The seeds: a few in every run of the tests, as many as `SYMBIONT_SIMULATION_SEEDS` says for `make simulate`, and the
  /// one of a failure that is run again.
  private static var seeds: ClosedRange<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment[SeededRandom.environmentVariable].flatMap({ UInt64($0) }) { return one...one }
    let count = environment["SYMBIONT_SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 500
    return 1...max(1, count)
  }

  @Test("agree with a model through errors, recoveries, crashes and clock jumps")
  func agreesWithModel() async throws {
    for seed in Self.seeds {
      var simulation = try await RecoverySimulation(seed: seed)
      try await simulation.run(steps: 200)
    }
  }
}
