import Foundation
import SymbiontTesting
import Testing

@Suite("A simulated bus and store", .timeLimit(.minutes(60)))
struct BusSimulationTests {
  /// `make simulate` asks for thousands.
  static let seeds = ProcessInfo.processInfo.environment["SYMBIONT_SIMULATION_SEEDS"].flatMap { Int($0) } ?? 500

  @Test("loses, doubles and invents nothing, whatever fails")
  func seeds() async throws {
    let start = SeededRandom.forTest()
    var (sent, taken) = (0, 0)
    for index in 0..<Self.seeds {
      // The first is the seed that was given, so that a printed one runs again as it was.
      let seed = index == 0 ? start.seed : start.branch(index).seed
      do {
        let simulation = try await BusSimulation(seed: seed)
        try await simulation.run(steps: 120)
        sent += simulation.volume.sent
        taken += simulation.volume.taken
      } catch {
        Issue.record("\(SeededRandom.environmentVariable)=\(seed): \(error)")
        return
      }
    }
    #expect(sent > 20 * Self.seeds && taken > 5 * Self.seeds, "the simulation did next to nothing")
  }
}
