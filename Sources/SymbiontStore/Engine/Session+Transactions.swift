import GRDBSQLite

extension Connection.Session {
  /// Whether a transaction is open.
  ///
  /// SQLite ends one by itself after some errors.
  var isInTransaction: Bool { sqlite3_get_autocommit(pointer) == 0 }

  /// Runs a statement that begins or ends a transaction or a savepoint.
  func control(_ sql: StaticString) throws(StoreError) {
    let statement = try statements.statement(sql)
    defer { statement.reset() }
    while try statement.step() {}
  }

  /// Undoes the open transaction; true when none is open any more.
  func rollBack() -> Bool {
    if isInTransaction { try? control("ROLLBACK") }
    return !isInTransaction
  }

  /// Runs the body of a submission in the open transaction.
  ///
  /// Not inlined: the optimizer of Swift 6.3 crashes on a value that cannot be copied when it inlines this.
  @inline(never)
  func attempt(_ submission: Submission, isReadOnly: Bool = false) throws(StoreError) -> Submission.Answer {
    let transaction = StoreTransaction(statements: statements, connection: pointer, isReadOnly: isReadOnly)
    return try submission.attempt(transaction)
  }

  /// Runs a submission in a savepoint, so that its error undoes only what it did.
  func attemptInSavepoint(_ submission: Submission) throws(StoreError) -> Submission.Answer {
    try control("SAVEPOINT submission")
    do {
      let answer = try attempt(submission)
      try control("RELEASE submission")
      return answer
    } catch {
      guard isInTransaction else { throw error }
      try control("ROLLBACK TO submission")
      try control("RELEASE submission")
      return { submission.refuse(error) }
    }
  }
}
