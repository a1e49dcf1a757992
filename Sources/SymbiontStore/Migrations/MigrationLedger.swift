import GRDB

/// Which migrations a database has applied, against those that the program has.
struct MigrationLedger {
  private static let table = "store_migrations"

  private struct Entry {
    let identifier: String
    let checksum: Int64
  }

  private let migrations: [StoreMigration]

  init(_ migrations: [StoreMigration]) throws(StoreError) {
    for (earlier, later) in zip(migrations, migrations.dropFirst()) where earlier.identifier >= later.identifier {
      throw .invalidMigrations("`\(later.identifier)` follows `\(earlier.identifier)`")
    }
    self.migrations = migrations
  }

  /// Applies what is missing, each migration in a transaction of its own together with its entry.
  func bringUpToDate(_ database: Database, path: String) throws {
    let applied = try entries(database, path: path)
    let missing = try missing(after: applied)
    for migration in missing {
      do {
        try database.inTransaction(.immediate) {
          try database.execute(
            sql: """
              CREATE TABLE IF NOT EXISTS \(Self.table) (
                identifier TEXT NOT NULL PRIMARY KEY, checksum INTEGER NOT NULL,
                applied_at INTEGER NOT NULL DEFAULT (unixepoch())
              ) STRICT, WITHOUT ROWID
              """)
          try database.execute(sql: migration.sql)
          try database.execute(
            sql: "INSERT INTO \(Self.table) (identifier, checksum) VALUES (?, ?)",
            arguments: [migration.identifier, migration.checksum])
          return .commit
        }
      } catch {
        throw StoreError.migrationFailed(identifier: migration.identifier, message: StoreError(error).description)
      }
    }
  }

  /// Fails unless exactly the program's migrations are applied.
  func requireCurrent(_ database: Database, path: String) throws {
    let applied = try entries(database, path: path)
    if let first = try missing(after: applied).first { throw StoreError.olderThanProgram(migration: first.identifier) }
  }

  /// The migrations that come after those applied, which must be the first ones of the program, unchanged.
  private func missing(after applied: [Entry]) throws(StoreError) -> ArraySlice<StoreMigration> {
    for (entry, migration) in zip(applied, migrations) {
      guard entry.identifier == migration.identifier else {
        guard migrations.contains(where: { $0.identifier == entry.identifier }) else {
          throw .newerThanProgram(migration: entry.identifier)
        }
        throw .migrationChanged(
          identifier: migration.identifier, reason: "it comes before `\(entry.identifier)`, which is applied already")
      }
      guard entry.checksum == migration.checksum else {
        throw .migrationChanged(identifier: migration.identifier, reason: "its text was edited")
      }
    }
    if applied.count > migrations.count { throw .newerThanProgram(migration: applied[migrations.count].identifier) }
    return migrations.dropFirst(applied.count)
  }

  private func entries(_ database: Database, path: String) throws -> [Entry] {
    let tables = try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
    guard tables.contains(Self.table) else {
      if tables.isEmpty { return [] }
      throw StoreError.notAStore(path: path)
    }
    return try Row.fetchAll(database, sql: "SELECT identifier, checksum FROM \(Self.table) ORDER BY identifier").map {
      Entry(identifier: try $0.decode(forColumn: "identifier"), checksum: try $0.decode(forColumn: "checksum"))
    }
  }
}
