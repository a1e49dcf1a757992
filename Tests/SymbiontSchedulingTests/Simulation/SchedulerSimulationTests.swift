import Foundation
import SymbiontTesting
import Testing

@Suite("A simulated scheduler")
struct SchedulerSimulationTests {
  /// How many seeds are run; more with `SYMBIONT_SIMULATION_SEEDS`.
  private static let seeds = ProcessInfo.processInfo.environment["SYMBIONT_SIMULATION_SEEDS"].flatMap { Int($0) } ?? 500

  @Test("loses no task, completes none twice, keeps priorities and leaks no capacity, whatever fails")
  func simulation() async throws {
    let seed = SeededRandom.forTest()
    // A seed that was given is run as it is.
    if ProcessInfo.processInfo.environment[SeededRandom.environmentVariable] != nil {
      var simulation = try SchedulerSimulation(seed: seed)
      return try await simulation.run()
    }
    for index in 0..<Self.seeds {
      var simulation = try SchedulerSimulation(seed: seed.branch(index))
      try await simulation.run()
    }
  }
}
