import GRDBSQLite

extension Connection.Session {
  /// How many steps of SQLite's machine pass between two looks at the clock: some tens of microseconds of work.
  private static let stepsBetweenLooks: Int32 = 2_000

  /// Runs a read in a transaction of its own, and ends it whatever happens.
  func read(
    _ submission: Submission, atMost limit: Duration, preventingWrites: Bool
  ) throws(StoreError) -> Submission.Answer {
    let deadline = ReadDeadline(limit)
    // The handler refers to the deadline without holding it; it is removed before this function returns.
    sqlite3_progress_handler(
      pointer, Self.stepsBetweenLooks,
      { context in
        guard let context else { return 0 }
        return Unmanaged<ReadDeadline>.fromOpaque(context).takeUnretainedValue().hasPassed ? 1 : 0
      }, Unmanaged.passUnretained(deadline).toOpaque())
    defer { withExtendedLifetime(deadline) { sqlite3_progress_handler(pointer, 0, nil, nil) } }
    do {
      try control("BEGIN")
      // Not `PRAGMA query_only`: changing it makes SQLite prepare every statement of the connection anew.
      let answer = try attempt(submission, isReadOnly: preventingWrites)
      // The end of a read is not itself interrupted.
      sqlite3_progress_handler(pointer, 0, nil, nil)
      _ = rollBack()
      return answer
    } catch {
      sqlite3_progress_handler(pointer, 0, nil, nil)
      _ = rollBack()
      if case .statementFailed(let code, _, _) = error, code & 0xFF == SQLITE_INTERRUPT {
        throw .readTooLong(limit: limit)
      }
      throw error
    }
  }
}

/// When a read must have ended.
private final class ReadDeadline {
  private let end: ContinuousClock.Instant

  init(_ limit: Duration) {
    end = .now + limit
  }

  var hasPassed: Bool { .now > end }
}
