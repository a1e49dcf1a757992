import Glibc
import Logging
import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultScheduler {
  /// What follows from an event, done outside of the lock.
  private struct Consequence {
    var answers: [(CheckedContinuation<SchedulerAnswer, Never>, SchedulerAnswer)] = []
    var cancelled: [Task<Void, Never>] = []
    var batch: [JournalEntry] = []
    var forgottenOrdinal: Int64 = 0
  }

  /// Tells the state of an event, and carries out what follows.
  func perform(_ event: (inout Core, Moment) -> Void) {
    let now = clock.now()
    let consequence = core.withLock { core in
      event(&core, now)
      var consequence = Consequence()
      for action in core.state.takeActions() { carryOut(action, &core, &consequence, now) }
      if !core.isGathering { consequence.batch = core.state.takeBatch() }
      consequence.forgottenOrdinal = core.state.forgottenOrdinal
      setAlarms(&core)
      return consequence
    }
    for task in consequence.cancelled { task.cancel() }
    for (continuation, answer) in consequence.answers { continuation.resume(returning: answer) }
    if !consequence.batch.isEmpty { write(consequence.batch, forgettingThrough: consequence.forgottenOrdinal) }
  }

  /// Makes a request, and waits for its answer.
  func request(_ make: (inout SchedulerState, CallID, Moment) -> Void) async -> SchedulerAnswer {
    await withCheckedContinuation { continuation in
      perform { core, now in
        core.lastRequest += 1
        let id = CallID(core.lastRequest)
        core.waiting[id] = continuation
        make(&core.state, id, now)
      }
    }
  }

  /// The same for requests that are done or refused.
  func demand(_ make: (inout SchedulerState, CallID, Moment) -> Void) async throws(SchedulerError) {
    if case .refused(let error) = await request(make) { throw error }
  }

  private func carryOut(
    _ action: SchedulerAction, _ core: inout Core, _ consequence: inout Consequence, _ now: Moment
  ) {
    switch action {
    case .answer(let id, let answer):
      if let continuation = core.waiting.removeValue(forKey: id) { consequence.answers.append((continuation, answer)) }
    case .perform(let slot, let worker, let attempt):
      let worker = workers[worker]
      core.work[slot] = Work(
        executionID: attempt.executionID,
        task: Task { await self.carryOut(attempt, slot: slot, worker: worker) })
    case .abandon(let task): Task { [worker = workers.first] in await worker?.abandon(task) }
    case .stop(let slot):
      if let work = core.work[slot] { consequence.cancelled.append(work.task) }
    case .checkHealth(let worker):
      if let overdue = core.checks[worker] {
        consequence.cancelled.append(overdue)
        core.state.healthChecked(worker, nil, now: now)
        // A failed check may free places or not; what it lets begin comes with the next event at the latest.
        for action in core.state.takeActions() { carryOut(action, &core, &consequence, now) }
      } else {
        core.checks[worker] = Task { await self.check(worker) }
      }
    }
  }

  /// Carries an attempt out, and tells how it ended.
  private func carryOut(_ attempt: TaskAttempt, slot: UInt32, worker: any TaskWorker) async {
    let end: AttemptEnd
    do {
      let result = try await worker.perform(attempt)
      end =
        result.count <= Self.largestResult
        ? .completed(result)
        : Self.failure(attempt, "its result of \(result.count) bytes is longer than \(Self.largestResult)")
    } catch let back as TaskHandedBack {
      end = .handedBack(after: back.delay)
    } catch let error as any CodedError {
      end = .failed(ErrorRecord(error))
    } catch { end = Self.failure(attempt, String(describing: error)) }
    perform { core, now in
      if core.work[slot]?.executionID == attempt.executionID { core.work[slot] = nil }
      core.state.attemptEnded(slot, executionID: attempt.executionID, end, now: now)
    }
  }

  private func check(_ worker: Int) async {
    let health = try? await workers[worker].checkHealth()
    // One that was given up counts as failed already.
    let isOverdue = Task.isCancelled
    perform { core, now in
      core.checks[worker] = nil
      if !isOverdue { core.state.healthChecked(worker, health, now: now) }
    }
    if health == nil { logger.warning("worker `\(workers[worker].name)` failed a health check") }
  }

  private func write(_ batch: [JournalEntry], forgettingThrough forgotten: Int64) {
    SchedulerJournal(store: store).write(batch, keeping: options, forgettingThrough: forgotten) { result in
      if case .failure(let error) = result {
        self.logger.error("the store refused \(batch.count) records of the scheduler: \(error)")
      }
      switch result {
      case .success: self.tellCommitted(batch)
      case .failure(let error):
        self.perform { core, now in core.state.refused(batch, because: error.description, now: now) }
      }
      self.letRecordsGather()
      self.perform { core, _ in core.isGathering = false }
    }
  }

  /// Tells the state of a durable batch in parts, so that no one else waits for the lock as long as all of it takes.
  private func tellCommitted(_ batch: [JournalEntry]) {
    for start in stride(from: 0, to: batch.count, by: Self.recordsPerPart) {
      let part = batch[start..<min(start + Self.recordsPerPart, batch.count)]
      perform { core, now in
        core.isGathering = true
        core.state.committed(part, isLast: part.endIndex == batch.endIndex, now: now)
      }
    }
  }

  /// Lets the callers that were just answered come back, for as long as they bring more records.
  ///
  /// Without it every other transaction holds only the few records that came first. It is no window of time: the next
  /// batch is written as soon as no more records come.
  private func letRecordsGather() {
    var waiting = core.withLock { $0.state.waitingRecords }
    for _ in 0..<Self.mostPauses {
      sched_yield()
      let now = core.withLock { $0.state.waitingRecords }
      if now == waiting { return }
      waiting = now
    }
  }

  /// Sets the alarms when something is due before them; one that comes too early only looks again.
  private func setAlarms(_ core: inout Core) {
    var wanted = core.alarms
    wanted.civil = Self.earlier(core.alarms.civil, core.state.nextCivilTime)
    wanted.elapsed = Self.earlier(core.alarms.elapsed, core.state.nextElapsedTime)
    guard wanted != core.alarms else { return }
    core.alarms = wanted
    clock.setAlarms(
      civil: wanted.civil.map { Timestamp(microsecondsSinceEpoch: $0) }, elapsed: wanted.elapsed)
  }

  private static func earlier(_ set: Int64?, _ next: Int64?) -> Int64? {
    guard let set, let next else { return set ?? next }
    return min(set, next)
  }

  private static func failure(_ attempt: TaskAttempt, _ reason: String) -> AttemptEnd {
    .failed(
      ErrorRecord(
        SchedulerError.taskFailed(taskID: attempt.task.id, reason: String(reason.prefix(Self.longestReason)))))
  }

  private static let recordsPerPart = 128
  /// How often the writer gives way to returning callers at most.
  private static let mostPauses = 32
  /// Results are held in memory with the history; more belongs into a file of the agent.
  static let largestResult = 1_048_576
  private static let longestReason = 1_024
}
