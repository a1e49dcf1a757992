import GRDBSQLite

/// Writes one batch of submissions, and decides what each caller is told.
struct BatchWriter {
  let session: Connection.Session
  let observer: (any StoreObserver)?
  var progress: Writer.Progress

  private enum Outcome {
    case committed([Submission.Answer])
    /// Rolled back, and known not to be durable.
    case failed(StoreError)
    /// Perhaps durable.
    case unknown(StoreError)
  }

  /// Commits a batch and gives one answer for each submission.
  ///
  /// When something fails, the batch is rolled back and written again with a savepoint each, so that only the guilty
  /// fail. When that cannot be committed either, as on a full disk, each is tried in a transaction of its own.
  mutating func write(_ batch: ArraySlice<Submission>) -> [Submission.Answer] {
    progress.statistics.answers += UInt64(batch.count)
    if let poison = progress.poison { return refuse(batch, with: poison) }
    if let answers = settle(commit(batch, savepoints: false), batch) { return answers }
    progress.statistics.replays += 1
    if let answers = settle(commit(batch, savepoints: true), batch) { return answers }
    progress.statistics.answers -= UInt64(batch.count)
    return batch.indices.flatMap { write(batch[$0...$0]) }
  }

  /// The answers of an outcome, nil when the batch is known not to be durable and smaller parts of it may succeed.
  private mutating func settle(_ outcome: Outcome, _ batch: ArraySlice<Submission>) -> [Submission.Answer]? {
    switch outcome {
    case .committed(let answers):
      progress.statistics.commits += 1
      progress.statistics.largestBatch = max(progress.statistics.largestBatch, batch.count)
      observer?.afterCommit(progress.statistics.commits)
      return answers
    case .failed(let error):
      return batch.count == 1 ? refuse(batch, with: error) : nil
    case .unknown(let error):
      poison(error)
      return refuse(batch, with: .commitUnknown(cause: error.description))
    }
  }

  private func commit(_ batch: ArraySlice<Submission>, savepoints: Bool) -> Outcome {
    var answers: [Submission.Answer] = []
    answers.reserveCapacity(batch.count)
    do throws(StoreError) {
      try session.control("BEGIN IMMEDIATE")
      for submission in batch {
        let isIsolated = savepoints || submission.isIsolated && batch.count > 1
        answers.append(
          try isIsolated ? session.attemptInSavepoint(submission) : session.attempt(submission))
        guard session.isInTransaction else { throw StoreError.transactionEnded(statement: "a submission") }
      }
    } catch {
      return session.rollBack() ? .failed(error) : .unknown(error)
    }
    observer?.beforeCommit(progress.statistics.commits + 1)
    do { try session.control("COMMIT") } catch { return outcome(ofFailedCommit: error) }
    return .committed(answers)
  }

  /// SQLite writes the frame that makes a transaction durable last.
  ///
  /// A full disk, a violated deferred constraint and a lock held by another process all stop it before that frame;
  /// after any other error the frame may be on the disk.
  private func outcome(ofFailedCommit error: StoreError) -> Outcome {
    guard session.rollBack() else { return .unknown(error) }
    switch error {
    case .diskFull, .constraintViolated:
      return .failed(error)
    case .statementFailed(let code, let message, _) where code & 0xFF == SQLITE_BUSY:
      return .failed(.commitFailed(code: code, message: message))
    default:
      return .unknown(error)
    }
  }

  private func refuse(_ batch: ArraySlice<Submission>, with error: StoreError) -> [Submission.Answer] {
    batch.map { submission in { submission.refuse(error) } }
  }

  mutating func poison(_ error: StoreError) {
    progress.poison = progress.poison ?? .poisoned(cause: error.description)
  }
}
