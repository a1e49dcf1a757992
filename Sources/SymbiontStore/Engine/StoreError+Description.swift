extension StoreError: CustomStringConvertible {
  /// What happened, with what, and what to do.
  public var description: String {
    switch self {
    case .closed: "the store is closed; open it again to go on"
    case .readOnly: "the store was opened for reading only; open it as its owner to write"
    case .overloaded(let limit): "the store has `\(limit)` unanswered submissions, its limit; try again later"
    case .poisoned(let cause):
      "the store refuses writes since the disk failed (\(cause)); check the disk, then start the program again"
    case .rejected(let error): "the submission was rolled back: \(error)"
    case .constraintViolated(let message, let statement): "\(message) in `\(statement)`"
    case .statementFailed(let code, let message, let statement): "\(message) (SQLite `\(code)`) in `\(statement)`"
    case .corrupt(let detail): "the database is damaged: \(detail); restore it from a copy"
    case .diskFull(let statement): "the disk is full at `\(statement)`; make room, then try again"
    case .inputOutput(let code, let message): "the disk failed: \(message) (SQLite `\(code)`); check the disk"
    case .commitFailed(let code, let message): "the commit was rolled back: \(message) (SQLite `\(code)`); try again"
    case .commitUnknown(let cause):
      "the disk failed during a commit (\(cause)), which may or may not be durable; start the program again to find out"
    case .readTooLong(let limit): "the read held its snapshot for more than `\(limit)`; read less at a time"
    case .directoryUnusable, .ownedByAnotherProcess, .notAStore, .newerThanProgram, .olderThanProgram,
      .migrationChanged,
      .migrationFailed, .invalidMigrations, .durabilityUnavailable:
      openingDescription
    }
  }

  private var openingDescription: String {
    switch self {
    case .directoryUnusable(let path, let reason, let hint): "the data directory `\(path)` \(reason); \(hint)"
    case .ownedByAnotherProcess(let path, let owner):
      "the data directory `\(path)` is in use by \(owner.map { "\($0)" } ?? "another process"); stop it or choose another directory"
    case .notAStore(let path): "`\(path)` is not a database of this program; choose another directory"
    case .newerThanProgram(let migration):
      "the database was written by a newer program (migration `\(migration)`); install that version or a later one"
    case .olderThanProgram(let migration):
      "the database lacks migration `\(migration)`; start the runtime on it once, then read it"
    case .migrationChanged(let identifier, let reason):
      "migration `\(identifier)` is not what the database has applied: \(reason); restore the old migration and add a new one"
    case .migrationFailed(let identifier, let message): "migration `\(identifier)` could not be applied: \(message)"
    case .invalidMigrations(let detail): "the migrations of this program are not in order: \(detail)"
    case .durabilityUnavailable(let detail): "commits would not survive a crash: \(detail); use a local disk"
    default: "the store failed"
    }
  }

  /// A name of the error that stays the same between versions.
  public var code: String {
    switch self {
    case .closed: "STORE_CLOSED"
    case .readOnly: "STORE_READ_ONLY"
    case .overloaded: "STORE_OVERLOADED"
    case .poisoned: "STORE_POISONED"
    case .rejected: "STORE_REJECTED"
    case .constraintViolated: "STORE_CONSTRAINT_VIOLATED"
    case .statementFailed: "STORE_STATEMENT_FAILED"
    case .corrupt: "STORE_CORRUPT"
    case .diskFull: "STORE_DISK_FULL"
    case .inputOutput: "STORE_INPUT_OUTPUT"
    case .commitFailed: "STORE_COMMIT_FAILED"
    case .commitUnknown: "STORE_COMMIT_UNKNOWN"
    case .readTooLong: "STORE_READ_TOO_LONG"
    case .directoryUnusable: "STORE_DIRECTORY_UNUSABLE"
    case .ownedByAnotherProcess: "STORE_OWNED_BY_ANOTHER_PROCESS"
    case .notAStore: "STORE_NOT_A_STORE"
    case .newerThanProgram: "STORE_NEWER_THAN_PROGRAM"
    case .olderThanProgram: "STORE_OLDER_THAN_PROGRAM"
    case .migrationChanged: "STORE_MIGRATION_CHANGED"
    case .migrationFailed: "STORE_MIGRATION_FAILED"
    case .invalidMigrations: "STORE_INVALID_MIGRATIONS"
    case .durabilityUnavailable: "STORE_DURABILITY_UNAVAILABLE"
    }
  }

  /// Whether the same work may succeed when it is submitted again later.
  public var isRetryable: Bool {
    switch self {
    case .overloaded, .diskFull, .commitFailed, .readTooLong, .ownedByAnotherProcess: true
    default: false
    }
  }
}
