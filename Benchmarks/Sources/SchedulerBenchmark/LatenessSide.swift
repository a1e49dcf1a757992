import Foundation
import Measuring
import SymbiontCore
import SymbiontScheduling
import SymbiontStore
import Synchronization

/// How late tasks begin, at a thousand a second.
enum LatenessSide {
  private static let perSecond = 1_000
  private static let seconds = 10

  /// Notes when each task began.
  private final class Watch: TaskPerformer {
    private let lateness = Mutex<[Duration]>([])

    func perform(_ attempt: TaskAttempt) async throws -> [UInt8] {
      let late = Timestamp.now() - attempt.task.scheduledTime
      lateness.withLock { $0.append(late) }
      return []
    }

    var values: [Duration] { lateness.withLock { $0 } }
  }

  static func report(in place: String) async throws {
    try await report("memory", .memory)
    try await withDirectory(in: place) { try await report("disk", .disk(directory: "\($0)/data")) }
  }

  private static func report(_ name: String, _ durability: StoreConfiguration.Durability) async throws {
    let watch = Watch()
    let count = perSecond * seconds
    let stage = try await Stage(durability, queue: count, performer: watch)
    let start = Timestamp.now() + .seconds(2)
    let tasks = (0..<count).map { number in
      ScheduledTask(
        id: TaskID(), agentID: AgentID(value: UniqueValue(high: 1, low: UInt64(number % 50))),
        scheduledTime: start + .microseconds(number * 1_000_000 / perSecond))
    }
    try await stage.scheduler.scheduleTasks(tasks)
    for task in tasks { _ = try await stage.scheduler.finalStatus(of: task.id) }
    try await stage.close()
    guard watch.values.count == count else { throw BenchmarkFailure("\(watch.values.count) of \(count) tasks began") }
    func milliseconds(_ share: Double) -> ReportLine.Field {
      .number((watch.values.percentile(share) ?? .zero) / .milliseconds(1))
    }
    try ReportLine(
      benchmark: "scheduler-lateness",
      [
        "store": .text(name), "per_second": .number(Double(perSecond)), "tasks": .number(Double(count)),
        "p50_ms": milliseconds(0.5), "p99_ms": milliseconds(0.99), "max_ms": milliseconds(1),
      ]
    ).report()
  }
}
