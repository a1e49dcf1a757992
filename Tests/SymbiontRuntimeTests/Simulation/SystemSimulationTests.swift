import Foundation
import SymbiontTesting
import Synchronization
import Testing

@Suite("Simulations of all components together")
struct SystemSimulationTests {
  /// How many seeds are run; more with `SYMBIONT_SIMULATION_SEEDS`.
  private static let seeds =
    ProcessInfo.processInfo.environment["SYMBIONT_SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 500
  /// One seed to be run alone.
  private static let only = ProcessInfo.processInfo.environment[SeededRandom.environmentVariable].flatMap { UInt64($0) }

  private static let turns = Turns(32)

  @Test(
    "no acknowledged message or task is lost or done twice, and every failure is counted once",
    arguments: only.map { [$0] } ?? Array(1...seeds))
  func simulation(seed: UInt64) async throws {
    await Self.turns.take()
    defer { Self.turns.giveBack() }
    let directory = "/dev/shm/symbiont-simulation-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var simulation = SystemSimulation(seed: seed, directory: directory)
    try await simulation.run()
  }
}

/// Lets only so many simulations run at the same time that thousands of them do not use the file descriptors up.
private final class Turns: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(_ count: Int) {
    state = Mutex(State(free: count))
  }

  func take() async {
    await withCheckedContinuation { continuation in
      let isMine = state.withLock { state in
        guard state.free > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.free -= 1
        return true
      }
      if isMine { continuation.resume() }
    }
  }

  func giveBack() {
    let next = state.withLock { state in
      if state.waiting.isEmpty { state.free += 1 }
      return state.waiting.popLast()
    }
    next?.resume()
  }
}
