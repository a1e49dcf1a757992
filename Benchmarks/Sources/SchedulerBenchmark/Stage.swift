import Foundation
import Logging
import SymbiontCore
import SymbiontScheduling
import SymbiontStore

/// A scheduler with its store, for one measurement.
struct Stage {
  let store: Store
  let scheduler: DefaultScheduler

  init(_ durability: StoreConfiguration.Durability, queue: Int, performer: any TaskPerformer) async throws {
    store = try Store.open(StoreConfiguration(durability: durability))
    scheduler = try await DefaultScheduler.open(
      SchedulerConfig(maxConcurrentTasks: 64, taskQueueSize: queue, workerThreads: 4),
      options: SchedulerOptions(tasksPerAgent: 64), store: store, performer: performer,
      logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
  }

  func close() async throws {
    try await scheduler.shutdown()
    await store.close()
  }
}

/// Something that makes a measurement worthless.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A new directory for one round of one side, removed afterwards.
func withDirectory<T>(in place: String, _ body: (String) async throws -> T) async throws -> T {
  let directory = "\(place)/scheduler-benchmark-\(UUID().uuidString.prefix(8))"
  try FileManager.default.createDirectory(
    atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  defer { try? FileManager.default.removeItem(atPath: directory) }
  return try await body(directory)
}
