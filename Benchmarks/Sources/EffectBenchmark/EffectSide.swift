import Foundation
import Logging
import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontStore

/// Our side: executions that remember one value after the other, each on disk before the program goes on.
struct EffectSide {
  /// What a round did and how long it took.
  struct Round {
    var effects: Int
    var seconds: Double

    var perSecond: Double { Double(effects) / seconds }
  }

  /// Each execution writes its own keys in turn, so that the memory stays small and the journal grows.
  private static let program = """
    agent worker(id: int, count: int) -> int {
        let total = 0;
        for step in range(0, count) {
            remember(format("worker-{}-{}", id, step % 8), { step: step, note: "the value that must survive a crash" });
            total += step;
        }
        total
    }
    """

  let executions: Int
  let effects: Int

  /// Runs all executions at the same time in a new data directory.
  ///
  /// Deploying is not measured; everything from the first call to the last outcome is.
  func run(in directory: String) async throws -> Round {
    var configuration = RuntimeConfiguration(
      dataDirectory: directory, logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
    configuration.sandbox = nil
    let runtime = try await Runtime.open(configuration)
    async let running: Void = runtime.run()
    let agents = try await runtime.deploy(SourceText(name: "worker.symbi", text: Self.program))
    guard let agent = agents.first?.id else { throw BenchmarkFailure("the program declares no agent") }
    let clock = ContinuousClock()
    let start = clock.now
    let calls = try await withThrowingTaskGroup(of: ExecutionID.self) { group in
      for number in 0..<executions {
        group.addTask { try await call(agent, number, of: runtime) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let seconds = (clock.now - start) / .seconds(1)
    await runtime.shutdown()
    try await running
    try await verify(calls, in: directory)
    return Round(effects: executions * effects, seconds: seconds)
  }

  private func call(_ agent: AgentID, _ number: Int, of runtime: Runtime) async throws -> ExecutionID {
    let id = try await runtime.execute(
      agent, input: .record(["id": .int(Int64(number)), "count": .int(Int64(effects))]))
    let outcome = try await runtime.outcome(of: id)
    let expected = Int64(effects) * Int64(effects - 1) / 2
    guard outcome == .completed(.int(expected)) else { throw BenchmarkFailure("`\(outcome)` instead of `\(expected)`") }
    return id
  }

  /// Reads the journal of a process that is gone: every effect must be in it, with its outcome.
  private func verify(_ calls: [ExecutionID], in directory: String) async throws {
    let journal = try ExecutionJournal(dataDirectory: directory)
    for id in calls {
      let last = try await journal.effects(of: id, from: effects - 1)
      guard last.map(\.sequence) == [effects - 1], last.allSatisfy({ $0.status == .done }) else {
        throw BenchmarkFailure("the journal of `\(id)` does not end with effect `\(effects - 1)`")
      }
    }
    await journal.close()
  }
}

/// Something that makes a measurement worthless.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
