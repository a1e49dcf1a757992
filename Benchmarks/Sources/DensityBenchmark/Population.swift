import Foundation
import Logging
import Measuring
import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime

/// Many agents in one runtime, each with one execution that waits for a message.
struct Population {
  /// A waiting agent keeps its number in its machine; the answer shows that machine and message both came through.
  private static let waiter = """
    agent waiter(number: int) -> int {
        let message = receive();
        number * 1000000 + message.payload
    }
    """
  private static let sender = """
    agent sender(recipients: Array<String>, payload: int) -> int {
        for recipient in recipients { send(recipient, payload); }
        len(recipients)
    }
    """
  /// Calls of the runtime in flight.
  private static let concurrency = 128
  /// Agents that one execution of the sender wakes.
  private static let batch = 250

  let runtime: Runtime
  let census: Census

  /// Creates, initializes, starts and calls an agent for every id, and returns when all of them wait.
  func settle(_ ids: [AgentID]) async throws -> [ExecutionID] {
    let executions = try await inParallel(ids.indices) { index in try await admit(ids[index], number: index) }
    await census.untilWaiting(ids.count)
    return executions
  }

  private func admit(_ id: AgentID, number: Int) async throws -> ExecutionID {
    _ = try await runtime.lifecycle.createAgent(
      AgentConfig(id: id, name: "waiter-\(number)", dslSource: Self.waiter, executionMode: .persistent))
    try await runtime.lifecycle.initializeAgent(id)
    try await runtime.lifecycle.startAgent(id)
    return try await runtime.execute(id, input: .int(Int64(number)))
  }

  /// Sends every agent a message, batch after batch, and checks every answer.
  func wake(_ ids: [AgentID], _ executions: [ExecutionID]) async throws {
    let sender = try await runtime.deploy(SourceText(name: "sender.symbi", text: Self.sender))[0].id
    let batches = (ids.count + Self.batch - 1) / Self.batch
    _ = try await inParallel(0..<batches) { number in
      let range = number * Self.batch..<min((number + 1) * Self.batch, ids.count)
      let recipients = ids[range].map { Value.string($0.description) }
      let sent = try await runtime.execute(
        sender, input: .record(["recipients": .array(recipients), "payload": .int(Int64(number))]))
      guard try await runtime.outcome(of: sent) == .completed(.int(Int64(range.count))) else {
        throw BenchmarkFailure("`\(range.count)` messages could not be sent")
      }
      for index in range {
        let outcome = try await runtime.outcome(of: executions[index])
        guard outcome == .completed(.int(Int64(index) * 1_000_000 + Int64(number))) else {
          throw BenchmarkFailure("agent `\(index)` answered `\(outcome)`")
        }
      }
      return sent
    }
  }

  /// Does the work for every index and gives the results in order.
  private func inParallel(
    _ indices: Range<Int>, _ work: @Sendable @escaping (Int) async throws -> ExecutionID
  ) async throws -> [ExecutionID] {
    try await withThrowingTaskGroup(of: [(Int, ExecutionID)].self) { group in
      for worker in 0..<Self.concurrency {
        group.addTask {
          var done: [(Int, ExecutionID)] = []
          for index in stride(from: indices.lowerBound + worker, to: indices.upperBound, by: Self.concurrency) {
            done.append((index, try await work(index)))
          }
          return done
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}
