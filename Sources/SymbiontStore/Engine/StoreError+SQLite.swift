import GRDB
import GRDBSQLite

extension StoreError {
  /// The error that the last call on a connection left there.
  init(connection: OpaquePointer?, code: Int32, statement: String) {
    let extended = connection.map { sqlite3_extended_errcode($0) } ?? code
    let message = connection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "unknown error"
    self.init(code: extended & 0xFF == code & 0xFF ? extended : code, message: message, statement: statement)
  }

  init(_ error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError:
      self.init(
        code: error.extendedResultCode.rawValue, message: error.message ?? "unknown error", statement: error.sql ?? "")
    default: self = .rejected(error)
    }
  }

  static func transactionEnded(statement: String) -> StoreError {
    .statementFailed(
      code: SQLITE_ABORT, message: "an earlier error has ended the transaction", statement: statement)
  }

  private init(code: Int32, message: String, statement: String) {
    switch code & 0xFF {
    case SQLITE_CONSTRAINT: self = .constraintViolated(message: message, statement: statement)
    case SQLITE_FULL: self = .diskFull(statement: statement)
    case SQLITE_IOERR: self = .inputOutput(code: code, message: message)
    case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(message)
    default: self = .statementFailed(code: code, message: message, statement: statement)
    }
  }
}
