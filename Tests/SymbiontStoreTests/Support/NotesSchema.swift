import SymbiontStore
import SymbiontTesting

/// A schema of one table, for tests of the engine.
enum NotesSchema {
  static let migrations = [
    StoreMigration(
      identifier: "0001-notes",
      sql: "CREATE TABLE notes (number INTEGER PRIMARY KEY, body BLOB NOT NULL CHECK (length(body) > 0)) STRICT")
  ]

  static func configuration(_ durability: StoreConfiguration.Durability) -> StoreConfiguration {
    StoreConfiguration(durability: durability, migrations: migrations)
  }

  static func openInMemory() throws -> Store {
    try Store.open(configuration(.memory))
  }

  static func open(_ directory: TemporaryStoreDirectory) throws -> Store {
    try Store.open(configuration(.disk(directory: directory.path)))
  }
}

extension StoreTransaction {
  func insert(_ number: Int, bytes: Int = 1) throws {
    try execute(
      "INSERT INTO notes (number, body) VALUES (?, ?)", .int(number), .blob([UInt8](repeating: 1, count: bytes)))
  }

  func numbers() throws -> [Int] {
    try all("SELECT number FROM notes ORDER BY number") { row in Int(try row.int(0)) }
  }
}

/// An error of a component, to be seen again as it was thrown.
enum NotesError: StoreClientError, Equatable {
  case refused(Int)
  case storeFailed(String)

  static func storeFailed(_ error: StoreError) -> NotesError { .storeFailed(error.code) }
}

/// The code of the error that work ends with, nil when it succeeds.
func errorCode<T>(_ work: () async throws(StoreError) -> T) async -> String? {
  do { _ = try await work() } catch { return error.code }
  return nil
}
