import Foundation
import SymbiontTesting
import Testing

@Suite("Simulations of all components together")
struct SystemSimulationTests {
  /// How many seeds are run; more with `SYMBIONT_SIMULATION_SEEDS`.
  private static let seeds =
    ProcessInfo.processInfo.environment["SYMBIONT_SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 250
  /// One seed to be run alone.
  private static let only = ProcessInfo.processInfo.environment[SeededRandom.environmentVariable].flatMap { UInt64($0) }

  @Test(
    "no acknowledged message or task is lost or done twice, and every failure is counted once",
    arguments: only.map { [$0] } ?? Array(1...seeds))
  func simulation(seed: UInt64) async throws {
    let directory = "/dev/shm/symbiont-simulation-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var simulation = SystemSimulation(seed: seed, directory: directory)
    try await simulation.run()
  }
}
