import Foundation
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("Migrations")
struct MigrationLedgerTests {
  private static let all = [
    StoreMigration(identifier: "0001-people", sql: "CREATE TABLE people (name TEXT NOT NULL) STRICT"),
    StoreMigration(
      identifier: "0002-ages",
      sql: """
        ALTER TABLE people ADD COLUMN age INTEGER;
        UPDATE people SET age = length(name);
        """),
    StoreMigration(identifier: "0003-index", sql: "CREATE UNIQUE INDEX people_by_name ON people (name)"),
  ]

  private static func open(_ directory: TemporaryStoreDirectory, _ migrations: [StoreMigration]) throws -> Store {
    try Store.open(StoreConfiguration(durability: .disk(directory: directory.path), migrations: migrations))
  }

  @Test("bring a database of every older version up to date, keeping its rows", arguments: 1...3)
  func everyOlderVersion(version: Int) async throws {
    let ladder = try MigrationLadder(Self.all)
    let store = try await ladder.climb(from: version) { transaction in
      try transaction.execute("INSERT INTO people (name) VALUES ('Ada')")
    }
    let found = try await store.read { transaction in
      try transaction.all("SELECT name, age FROM people") { row in "\(try row.text(0)) \(try row.optionalInt(1) ?? -1)"
      }
    }
    // A row of version 1 gets its age from the second migration.
    #expect(found == [version == 1 ? "Ada 3" : "Ada -1"])
    await store.close()
  }

  @Test("are applied once")
  func appliedOnce() async throws {
    let directory = try TemporaryStoreDirectory()
    for _ in 0..<3 { await (try Self.open(directory, Self.all)).close() }
  }

  @Test("of a newer program are refused by an older one, which changes nothing")
  func newerIsRefused() async throws {
    let directory = try TemporaryStoreDirectory()
    await (try Self.open(directory, Self.all)).close()
    let error = #expect(throws: StoreError.self) { try Self.open(directory, Array(Self.all.prefix(2))) }
    #expect(error?.code == "STORE_NEWER_THAN_PROGRAM")
    #expect(error?.description.contains("`0003-index`") == true)
    await (try Self.open(directory, Self.all)).close()
  }

  @Test("that were edited after they were applied are refused")
  func editedIsRefused() async throws {
    let directory = try TemporaryStoreDirectory()
    await (try Self.open(directory, Self.all)).close()
    var edited = Self.all
    edited[1] = StoreMigration(identifier: "0002-ages", sql: Self.all[1].sql + " ")
    let error = #expect(throws: StoreError.self) { try Self.open(directory, edited) }
    #expect(
      error?.description
        == "migration `0002-ages` is not what the database has applied: its text was edited; "
        + "restore the old migration and add a new one")
  }

  @Test("that come between applied ones are refused")
  func insertedIsRefused() async throws {
    let directory = try TemporaryStoreDirectory()
    await (try Self.open(directory, Self.all)).close()
    var inserted = Self.all
    inserted.insert(StoreMigration(identifier: "0001b-late", sql: "SELECT 1"), at: 1)
    let error = #expect(throws: StoreError.self) { try Self.open(directory, inserted) }
    #expect(error?.code == "STORE_MIGRATION_CHANGED")
  }

  @Test("that fail leave the database as it was before them")
  func failedIsUndone() async throws {
    let directory = try TemporaryStoreDirectory()
    let failing = StoreMigration(identifier: "0003-index", sql: "CREATE TABLE half (a) STRICT; DROP TABLE missing")
    let error = #expect(throws: StoreError.self) { try Self.open(directory, Array(Self.all.prefix(2)) + [failing]) }
    #expect(error?.code == "STORE_MIGRATION_FAILED")
    let store = try Self.open(directory, Self.all)
    #expect(try await store.read { try $0.exists("SELECT 1 FROM sqlite_schema WHERE name = 'half'") } == false)
    await store.close()
  }

  @Test("must ascend, each with its own identifier", arguments: [[0, 0], [1, 0], [0, 2, 1]])
  func mustAscend(order: [Int]) {
    let error = #expect(throws: StoreError.self) {
      try Store.open(StoreConfiguration(durability: .memory, migrations: order.map { Self.all[$0] }))
    }
    #expect(error?.code == "STORE_INVALID_MIGRATIONS")
  }

  @Test("are not applied to the database of another program")
  func foreignDatabase() async throws {
    let directory = try TemporaryStoreDirectory()
    try await ForeignDatabase.make(directory.path + "/symbiont.sqlite", sql: "CREATE TABLE theirs (a)")
    let error = #expect(throws: StoreError.self) { try Self.open(directory, Self.all) }
    #expect(error?.code == "STORE_NOT_A_STORE")
  }

  @Test("are not applied to a file that is no database, which stays as it is")
  func notADatabase() async throws {
    let directory = try TemporaryStoreDirectory()
    let path = directory.path + "/symbiont.sqlite"
    let text = String(repeating: "this is a letter, not a database\n", count: 100)
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    let error = #expect(throws: StoreError.self) { try Self.open(directory, Self.all) }
    #expect(error?.code == "STORE_NOT_A_STORE")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test("that are missing cannot be applied by a reader, which says so")
  func readerNeedsCurrentSchema() async throws {
    let directory = try TemporaryStoreDirectory()
    await (try Self.open(directory, Array(Self.all.prefix(2)))).close()
    let error = #expect(throws: StoreError.self) {
      try Store.openReadOnly(StoreConfiguration(durability: .disk(directory: directory.path), migrations: Self.all))
    }
    #expect(error?.code == "STORE_OLDER_THAN_PROGRAM")
  }
}
