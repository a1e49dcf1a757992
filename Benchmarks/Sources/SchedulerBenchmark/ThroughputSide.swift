import Foundation
import Measuring
import SymbiontCore
import SymbiontScheduling
import SymbiontStore

/// Our side: callers that schedule one task after the other, each durable before the next, and the tasks carried out.
struct ThroughputSide {
  struct Round {
    /// From the first call until all are taken, while nothing is carried out.
    var taking: Double
    /// From then until the last end is durable.
    var carryingOut: Double
    /// The same tasks, taken and carried out at the same time.
    var both: Double
    /// The processor time of one task in the latter, in microseconds: it tells the cost where the machine is shared.
    var processorMicroseconds: Double
  }

  let tasks: Int
  let callers: Int

  func run(_ durability: () -> StoreConfiguration.Durability) async throws -> Round {
    let (taking, carryingOut) = try await queued(durability())
    let (both, processor) = try await streamed(durability())
    return Round(taking: taking, carryingOut: carryingOut, both: both, processorMicroseconds: processor)
  }

  private func queued(_ durability: StoreConfiguration.Durability) async throws -> (Double, Double) {
    let work = NoOperation()
    let stage = try await Stage(durability, queue: tasks, performer: work)
    try await stage.scheduler.pauseScheduling()
    let start = ContinuousClock.now
    let last = try await schedule(on: stage.scheduler)
    let taken = ContinuousClock.now
    guard await stage.scheduler.getSchedulerMetrics().pendingTasks == tasks else {
      throw BenchmarkFailure("not all tasks wait")
    }
    try await stage.scheduler.resumeScheduling()
    await waitForEnds(of: last, on: stage.scheduler)
    try await stage.scheduler.shutdown()
    let end = ContinuousClock.now
    try await verify(stage, work)
    return (Double(tasks) / ((taken - start) / .seconds(1)), Double(tasks) / ((end - taken) / .seconds(1)))
  }

  private func streamed(_ durability: StoreConfiguration.Durability) async throws -> (Double, Double) {
    let work = NoOperation()
    let stage = try await Stage(durability, queue: tasks, performer: work)
    let processor = ProcessorTime()
    let start = ContinuousClock.now
    await waitForEnds(of: try await schedule(on: stage.scheduler), on: stage.scheduler)
    try await stage.scheduler.shutdown()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let used = processor.elapsed / .microseconds(1)
    try await verify(stage, work)
    return (Double(tasks) / seconds, used / Double(tasks))
  }

  /// Has each caller schedule its share, and gives the last task of each.
  private func schedule(on scheduler: DefaultScheduler) async throws -> [TaskID] {
    try await withThrowingTaskGroup(of: TaskID.self) { group in
      for caller in 0..<callers {
        group.addTask {
          let agent = AgentID(value: UniqueValue(high: 1, low: UInt64(caller)))
          var last = TaskID()
          for _ in 0..<tasks / callers {
            last = TaskID()
            try await scheduler.scheduleTask(ScheduledTask(id: last, agentID: agent, scheduledTime: .now()))
          }
          return last
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  /// Waits until the tasks have ended; one that is not known any more has ended long ago.
  private func waitForEnds(of tasks: [TaskID], on scheduler: DefaultScheduler) async {
    for id in tasks { _ = try? await scheduler.finalStatus(of: id) }
  }

  /// Every task was carried out once, and its end is in the store.
  private func verify(_ stage: Stage, _ work: NoOperation) async throws {
    let metrics = await stage.scheduler.getSchedulerMetrics()
    guard work.done == tasks, metrics.completedTasks == tasks, metrics.pendingTasks == 0 else {
      throw BenchmarkFailure("\(work.done) of \(tasks) tasks were done, \(metrics.completedTasks) completed")
    }
    let left = try await stage.store.read { transaction in
      var rows = 0
      try transaction.eachTask { _ in rows += 1 }
      return rows
    }
    guard left == 0 else { throw BenchmarkFailure("\(left) tasks are left in the store") }
    await stage.store.close()
  }
}
