import Measuring
import SymbiontCore
import SymbiontRecovery
import SymbiontStore

/// Our side: callers that report one error after the other, as fast as they are answered.
struct HandlerSide {
  struct Round {
    var perSecond: Double
    var meanBatch: Double
    var latencies: [Duration]
    /// Processor time of one error.
    var microseconds: Double
  }

  /// How many agents each caller reports errors of, in turn.
  static let agentsPerCaller = 16

  private let store: Store
  private let handler: DefaultErrorHandler

  /// - Parameter directory: Where the store is; nil for one in memory.
  init(directory: String?) async throws {
    store = try Store.open(StoreConfiguration(durability: directory.map { .disk(directory: $0) } ?? .memory))
    // What is measured is counting and deciding: no error is refused by a breaker, and none is escalated.
    handler = try await DefaultErrorHandler.open(
      ErrorHandlerConfig(escalationThreshold: 1_000, circuitBreakerThreshold: 1_000_000), store: store)
  }

  func run(callers: Int, for duration: Duration) async throws -> Round {
    let before = store.statistics
    let processor = ProcessorTime()
    let start = ContinuousClock.now
    let latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
      for _ in 0..<callers { group.addTask { try await report(until: start + duration) } }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let elapsed = ContinuousClock.now - start
    let commits = store.statistics.commits - before.commits
    return Round(
      perSecond: Double(latencies.count) / (elapsed / .seconds(1)),
      meanBatch: Double(latencies.count) / Double(max(1, commits)), latencies: latencies,
      microseconds: processor.elapsed / .microseconds(1) / Double(latencies.count))
  }

  /// How many calls a second one caller gets through a closed breaker that has seen a failure.
  func admissions(for duration: Duration) async throws -> Double {
    let agent = AgentID()
    _ = try await handler.handleError(agent, error: Self.error)
    let start = ContinuousClock.now
    var count = 0
    while ContinuousClock.now - start < duration {
      for _ in 0..<1_000 { try handler.admit(agent) }
      count += 1_000
    }
    return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
  }

  func close() async { await store.close() }

  private static let error = RuntimeError.communication(.timedOut(operation: "ask", after: .seconds(1)))

  private func report(until end: ContinuousClock.Instant) async throws -> [Duration] {
    let agents = (0..<Self.agentsPerCaller).map { _ in AgentID() }
    let operation = OperationName("ask")
    var latencies: [Duration] = []
    var now = ContinuousClock.now
    while now < end {
      _ = try await handler.handleError(agents[latencies.count % agents.count], error: Self.error, operation: operation)
      let answered = ContinuousClock.now
      latencies.append(answered - now)
      now = answered
    }
    return latencies
  }
}
