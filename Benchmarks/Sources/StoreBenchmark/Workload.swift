import SymbiontStore

/// What both sides write: for each transaction a journal row, an audit leaf and the update of a state.
///
/// A leaf's SHA-256 is part of its bytes; computing it is left out on both sides.
enum Workload {
  static let rowBytes = 250
  static let states = 4_096
  static let checkpointPages = 2_000
  static let schema = """
    CREATE TABLE journal (id BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE audit (id BLOB PRIMARY KEY, leaf BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE states (id BLOB PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    """
  static let body = [UInt8](repeating: 2, count: rowBytes)

  static func write(
    _ transaction: borrowing StoreTransaction, journal: Identifier, leaf: Identifier, state: Identifier
  ) throws {
    try transaction.execute("INSERT INTO journal (id, body) VALUES (?, ?)", journal.value, .blob(body))
    try transaction.execute("INSERT INTO audit (id, leaf) VALUES (?, ?)", leaf.value, .blob(body))
    try transaction.execute(
      "UPDATE states SET version = version + 1, body = ? WHERE id = ?", .blob(body), state.value)
  }
}
