import CMalloc
import Foundation
import Logging
import Measuring
import SymbiontCore
import SymbiontRuntime
import SymbiontStore

/// Our side: agents that are created, initialized and started in a runtime in memory, and then wait to be called.
struct AgentSide {
  struct Round {
    var perSecond: Double
    var bytesPerAgent: Double
    /// Processor time of one agent.
    var microseconds: Double
  }

  /// Calls of the runtime in flight.
  private static let concurrency = 128
  private static let source = """
    agent waiter(number: int) -> int {
        number
    }
    """

  /// Creates and starts so many agents in a new runtime.
  static func run(agents: Int) async throws -> Round {
    var configuration = RuntimeConfiguration(inMemoryWithWorkspaces: "/nonexistent")
    configuration.logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
    configuration.lifecycle.maxAgents = agents + agents / 20 + 1
    let runtime = try await Runtime.open(configuration)
    let running = Task { try await runtime.run() }
    try await settle((0..<max(1, agents / 20)).map { _ in AgentID() }, runtime)
    let ids = (0..<agents).map { _ in AgentID() }
    let baseline = try residentBytes()
    let processor = ProcessorTime()
    let clock = ContinuousClock()
    let elapsed = try await clock.measure { try await settle(ids, runtime) }
    let microseconds = processor.elapsed / .microseconds(1) / Double(agents)
    let resident = try residentBytes()
    let started = await runtime.lifecycle.getSystemStatus().agentCounts[.running] ?? 0
    guard started == agents + max(1, agents / 20) else { throw BenchmarkFailure("only \(started) agents run") }
    await runtime.shutdown()
    try await running.value
    return Round(
      perSecond: Double(agents) / (elapsed / .seconds(1)),
      bytesPerAgent: Double(resident - baseline) / Double(agents), microseconds: microseconds)
  }

  private static func settle(_ ids: [AgentID], _ runtime: Runtime) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<concurrency {
        group.addTask {
          for index in stride(from: worker, to: ids.count, by: concurrency) {
            let id = ids[index]
            try await runtime.lifecycle.launchAgent(
              AgentConfig(id: id, name: "waiter-\(index)", dslSource: source, executionMode: .persistent))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Bytes of resident memory, after everything that is free was given back to the kernel.
  private static func residentBytes() throws -> Int {
    malloc_trim(0)
    let path = "/proc/self/smaps_rollup"
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") where line.hasPrefix("Rss:") {
      if let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) { return kibibytes * 1_024 }
    }
    throw BenchmarkFailure("`\(path)` does not say how much memory is resident")
  }
}

/// Something that makes a measurement worthless.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
