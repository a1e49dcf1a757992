/// Why a store could not do what it was asked.
///
/// After any of these the submission is known not to be committed, except for ``commitUnknown(cause:)``.
public enum StoreError: Error, Sendable {
  // MARK: The store as a whole

  /// The store was closed before the work was accepted.
  case closed
  /// The store was opened for reading only.
  case readOnly
  /// The queue is full: `limit` submissions are accepted and not yet answered. The work may be submitted again later.
  case overloaded(limit: Int)
  /// An earlier input or output error left the state of the disk unknown; every write is refused until the store is
  /// opened again.
  case poisoned(cause: String)

  // MARK: One submission

  /// The body threw an error of its own; nothing of the submission was kept.
  case rejected(any Error)
  /// A constraint of the schema was violated; nothing of the submission was kept.
  case constraintViolated(message: String, statement: String)
  /// A statement is wrong or could not be run. `code` is an extended result code of SQLite.
  case statementFailed(code: Int32, message: String, statement: String)
  /// A stored value or the file itself is not what this program writes.
  case corrupt(String)
  /// The disk is full. The store works on as soon as there is room.
  case diskFull(statement: String)
  /// The disk failed while reading or writing. `code` is an extended result code of SQLite.
  case inputOutput(code: Int32, message: String)
  /// The commit was refused and rolled back. `code` is an extended result code of SQLite.
  case commitFailed(code: Int32, message: String)
  /// The commit failed in a way that leaves open whether it is durable. It is after the next open: look for its effects.
  case commitUnknown(cause: String)
  /// The read held its snapshot longer than allowed.
  case readTooLong(limit: Duration)

  // MARK: Opening

  /// The data directory cannot be used as it is.
  case directoryUnusable(path: String, reason: String, hint: String)
  /// Another process owns the data directory.
  case ownedByAnotherProcess(path: String, owner: StoreOwner?)
  /// The file is a database of another program, or no database.
  case notAStore(path: String)
  /// The database was written by a newer program, which applied a migration that this one does not know.
  case newerThanProgram(migration: String)
  /// The database lacks a migration of this program and is open for reading only, so it cannot be applied.
  case olderThanProgram(migration: String)
  /// A migration that the database has already applied was edited or moved since.
  case migrationChanged(identifier: String, reason: String)
  /// A migration could not be applied; the database is as it was before it.
  case migrationFailed(identifier: String, message: String)
  /// The program's own list of migrations is not in order.
  case invalidMigrations(String)
  /// The database cannot promise that a commit survives a crash, so it is not opened.
  case durabilityUnavailable(String)
}
