import GRDBSQLite

/// The statements that a body may run: all of them are kept, or none.
///
/// A statement that fails is undone by itself; a body that catches its error may go on.
/// Statements are written as literals, which are prepared once for each connection; `composed:` takes text made at run
/// time. Values never go into the text: each has a placeholder.
package struct StoreTransaction: ~Copyable {
  private let statements: StatementCache
  private let connection: OpaquePointer
  private let isReadOnly: Bool

  init(statements: StatementCache, connection: OpaquePointer, isReadOnly: Bool) {
    self.statements = statements
    self.connection = connection
    self.isReadOnly = isReadOnly
  }

  /// Runs a statement that gives no rows, and tells how many rows it inserted, updated or deleted.
  @discardableResult
  package func execute(_ sql: StaticString, _ values: StoreValue...) throws(StoreError) -> Int {
    try execute(statements.statement(sql), values)
  }

  /// The same for a list of values made at run time.
  @discardableResult
  package func execute(_ sql: StaticString, values: [StoreValue]) throws(StoreError) -> Int {
    try execute(statements.statement(sql), values)
  }

  @discardableResult
  package func execute(composed sql: String, values: [StoreValue] = []) throws(StoreError) -> Int {
    try execute(statements.statement(composed: sql), values)
  }

  /// Hands every row to `each`, in the order of the query, and stops when it throws.
  package func query(
    _ sql: StaticString, _ values: StoreValue..., each: (borrowing StoreRow) throws -> Void
  ) throws {
    try rows(statements.statement(sql), values, each)
  }

  package func query(
    composed sql: String, values: [StoreValue] = [], each: (borrowing StoreRow) throws -> Void
  ) throws {
    try rows(statements.statement(composed: sql), values, each)
  }

  /// What `read` makes of every row.
  ///
  /// The query bounds how many there are.
  package func all<T>(
    _ sql: StaticString, _ values: StoreValue..., read: (borrowing StoreRow) throws -> T
  ) throws -> [T] {
    var found: [T] = []
    try rows(statements.statement(sql), values) { row in
      found.append(try read(row))
    }
    return found
  }

  package func all<T>(
    composed sql: String, values: [StoreValue] = [], read: (borrowing StoreRow) throws -> T
  ) throws -> [T] {
    var found: [T] = []
    try rows(statements.statement(composed: sql), values) { row in
      found.append(try read(row))
    }
    return found
  }

  /// What `read` makes of the first row, nil when there is none.
  package func first<T>(
    _ sql: StaticString, _ values: StoreValue..., read: (borrowing StoreRow) throws -> T
  ) throws -> T? {
    let statement = try begin(statements.statement(sql), values)
    defer { end(statement) }
    return try statement.step() ? try read(StoreRow(statement)) : nil
  }

  /// Whether the query gives a row.
  package func exists(_ sql: StaticString, _ values: StoreValue...) throws(StoreError) -> Bool {
    let statement = try begin(statements.statement(sql), values)
    defer { end(statement) }
    return try statement.step()
  }

  /// Runs a part of the body, whose error undoes that part alone.
  ///
  /// - Throws: An error after which the transaction does not go on.
  package func attempt<T>(
    _ part: (borrowing StoreTransaction) throws -> T
  ) throws(StoreError) -> Result<T, StoreError> {
    try execute("SAVEPOINT part")
    do {
      let value = try part(self)
      try execute("RELEASE part")
      return .success(value)
    } catch {
      let error = StoreError(error)
      guard sqlite3_get_autocommit(connection) == 0 else { throw error }
      try execute("ROLLBACK TO part")
      try execute("RELEASE part")
      return .failure(error)
    }
  }

  /// The row id of the last row that this connection inserted.
  package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(connection) }

  private func execute(_ prepared: Statement, _ values: [StoreValue]) throws(StoreError) -> Int {
    let statement = try begin(prepared, values)
    defer { end(statement) }
    // A `RETURNING` clause or a query may give rows; their effects are complete only after the last.
    while try statement.step() {}
    return sqlite3_stmt_readonly(statement.pointer) == 0 ? Int(sqlite3_changes64(connection)) : 0
  }

  private func rows(
    _ prepared: Statement, _ values: [StoreValue], _ each: (borrowing StoreRow) throws -> Void
  ) throws {
    let statement = try begin(prepared, values)
    defer { end(statement) }
    while try statement.step() { try each(StoreRow(statement)) }
  }

  private func begin(_ statement: Statement, _ values: [StoreValue]) throws(StoreError) -> Statement {
    // After some errors SQLite ends the transaction by itself; a body that went on would commit each statement alone.
    guard sqlite3_get_autocommit(connection) == 0 else { throw .transactionEnded(statement: statement.text) }
    guard !isReadOnly || sqlite3_stmt_readonly(statement.pointer) != 0 else {
      throw .statementFailed(code: SQLITE_READONLY, message: "a read cannot write", statement: statement.text)
    }
    try statement.bind(values)
    statement.isInUse = true
    return statement
  }

  private func end(_ statement: Statement) {
    statement.reset()
    statement.isInUse = false
  }
}
