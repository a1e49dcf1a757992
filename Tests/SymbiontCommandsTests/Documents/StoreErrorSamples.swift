import SymbiontStore

/// One error of each case, in the order of their declaration.
enum StoreErrorSamples {
  static let all: [StoreError] = [
    .closed, .readOnly, .overloaded(limit: 4_096), .poisoned(cause: "CAUSE"), .rejected(Sample()),
    .constraintViolated(message: "MESSAGE", statement: "SQL"),
    .statementFailed(code: 1, message: "MESSAGE", statement: "SQL"), .corrupt("DETAIL"), .diskFull(statement: "SQL"),
    .inputOutput(code: 10, message: "MESSAGE"), .commitFailed(code: 5, message: "MESSAGE"),
    .commitUnknown(cause: "CAUSE"), .readTooLong(limit: .seconds(5)),
    .directoryUnusable(path: "DIR", reason: "REASON", hint: "HINT"), .ownedByAnotherProcess(path: "DIR", owner: nil),
    .notAStore(path: "PATH"), .newerThanProgram(migration: "NAME"), .olderThanProgram(migration: "NAME"),
    .migrationChanged(identifier: "NAME", reason: "REASON"), .migrationFailed(identifier: "NAME", message: "MESSAGE"),
    .invalidMigrations("DETAIL"), .durabilityUnavailable("DETAIL"),
  ]

  private struct Sample: Error, CustomStringConvertible {
    var description: String { "ERROR" }
  }

  /// Does nothing; a case that is added makes this fail to compile until it has its sample above.
  static func requireSample(of error: StoreError) {
    switch error {
    case .closed, .readOnly, .overloaded, .poisoned, .rejected, .constraintViolated, .statementFailed, .corrupt,
      .diskFull, .inputOutput, .commitFailed, .commitUnknown, .readTooLong, .directoryUnusable,
      .ownedByAnotherProcess, .notAStore, .newerThanProgram, .olderThanProgram, .migrationChanged, .migrationFailed,
      .invalidMigrations, .durabilityUnavailable:
      break
    }
  }
}
