import Foundation
package import SymbiontCore
package import SymbiontStore

/// Keeps the records of the scheduler in the store.
package struct SchedulerJournal: Sendable {
  private let store: Store

  package init(store: Store) {
    self.store = store
  }

  /// Writes records in one transaction; when some of them end tasks, those that ended up to an ordinal are forgotten.
  package func write(
    _ batch: [JournalEntry], keeping options: SchedulerOptions, forgettingThrough forgotten: Int64 = 0,
    completion: @escaping @Sendable (Result<Void, StoreError>) -> Void
  ) {
    store.submit(
      isolated: true, { try Self.write(batch, keeping: options, forgettingThrough: forgotten, to: $0) },
      completion: completion)
  }

  /// Reads what an earlier scheduler left, and marks that one is open.
  package func takeOver(
    keeping options: SchedulerOptions = SchedulerOptions(), zones: ZoneDatabase
  ) async throws(SchedulerError) -> SchedulerState.Stored {
    do {
      return try await store.write { transaction in
        let stored = try Self.stored(transaction, keeping: options, zones: zones)
        try transaction.setSchedulerOpen(true)
        return stored
      }
    } catch { throw Self.failure(error) }
  }

  /// Marks that the scheduler was shut down, so that nothing was being executed.
  package func release() async throws(SchedulerError) {
    do { try await store.write { try $0.setSchedulerOpen(false) } } catch { throw Self.failure(error) }
  }

  private static func failure(_ error: StoreError) -> SchedulerError {
    if case .rejected(let own as SchedulerError) = error { return own }
    return .storeFailed(reason: error.description)
  }

  private static func stored(
    _ transaction: borrowing StoreTransaction, keeping options: SchedulerOptions, zones: ZoneDatabase
  ) throws -> SchedulerState.Stored {
    var stored = SchedulerState.Stored()
    (stored.isPaused, stored.wasOpen) = try transaction.schedulerState()
    stored.finished = try transaction.finishedTasks(upTo: options.finishedBytes).map {
      ($0.id, $0.ordinal, try status(of: $0), $0.outcome?.count ?? 0)
    }
    stored.schedules = try transaction.schedules().map { try ScheduleEntry($0, zones: zones) }
    stored.runs = try transaction.scheduleRuns()
    try transaction.eachTask { stored.tasks.append($0) }
    return stored
  }

  private static func status(of row: FinishedTaskRow) throws -> TaskStatus {
    switch row.status {
    case "Completed": .completed(result: row.outcome ?? [])
    case "Cancelled": .cancelled
    case "TimedOut": .timedOut
    case "Failed": .failed(try JSONDecoder().decode(ErrorRecord.self, from: Data(row.outcome ?? [])))
    default: throw StoreError.corrupt("task `\(row.id)` ended with the unknown status `\(row.status)`")
    }
  }

  private static func write(
    _ batch: [JournalEntry], keeping options: SchedulerOptions, forgettingThrough forgotten: Int64,
    to transaction: borrowing StoreTransaction
  ) throws {
    var ended: [Int64] = []
    var lastOrdinal: Int64 = 0
    for entry in batch {
      switch entry.record {
      case .insert(let rows, _): for row in rows { try transaction.insertTask(row) }
      case .start(let sequence, _, let attempt, _): try transaction.startTask(sequence, attempt: attempt)
      case .retry(let sequence, let retryCount, let dueAt):
        try transaction.retryTask(sequence, retryCount: retryCount, dueAt: dueAt)
      case .priority(let sequence, _, _, let priority):
        try transaction.updateTaskPriority(sequence, priority: priority)
      case .reassign(let tasks, let agentID):
        for task in tasks { try transaction.updateTaskAgent(task.sequence, agentID: agentID) }
      case .finish(let sequence, _, let row, _):
        ended.append(sequence)
        lastOrdinal = max(lastOrdinal, row.ordinal)
        try transaction.insertFinishedTask(row)
      case .paused(let isPaused): try transaction.setSchedulerPaused(isPaused)
      case .schedule(let row, _): try transaction.putSchedule(row)
      case .scheduleRemoved(let id): try transaction.removeSchedule(id)
      case .fired(let row, let runs, let tasks, _):
        try transaction.putSchedule(row)
        for run in runs { try transaction.insertScheduleRun(run, keeping: options.runsPerSchedule) }
        for task in tasks { try transaction.insertTask(task) }
      }
    }
    for range in ranges(of: ended) { try transaction.removeTasks(range) }
    let last = max(lastOrdinal - Int64(options.finishedTasks), forgotten)
    if lastOrdinal > 0, last > 0 { try transaction.removeFinishedTasks(through: last) }
  }

  /// Numbers as the fewest ranges: tasks mostly end in the order in which they were taken, so few statements remove many.
  package static func ranges(of numbers: [Int64]) -> [ClosedRange<Int64>] {
    var ranges: [ClosedRange<Int64>] = []
    for number in numbers.sorted() {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges
  }
}

extension SchedulerError: StoreClientError {
  /// An error of the store that no call of the scheduler foresees.
  package static func storeFailed(_ error: StoreError) -> SchedulerError { .storeFailed(reason: "\(error)") }
}
