import SymbiontStore
import SymbiontTesting

/// Opens stores as an older program left them.
struct MigrationLadder {
  let directory: TemporaryStoreDirectory
  private let migrations: [StoreMigration]

  init(_ migrations: [StoreMigration] = StoreSchema.migrations) throws {
    directory = try TemporaryStoreDirectory()
    self.migrations = migrations
  }

  /// Applies the first `version` migrations, writes what a program of that version would have, and opens with all.
  func climb(
    from version: Int, fixtures: @escaping @Sendable (borrowing StoreTransaction) throws -> Void
  ) async throws -> Store {
    let old = try open(Array(migrations.prefix(version)))
    do { try await old.write(fixtures) } catch {
      await old.close()
      throw error
    }
    await old.close()
    return try open(migrations)
  }

  private func open(_ migrations: [StoreMigration]) throws -> Store {
    try Store.open(StoreConfiguration(durability: .disk(directory: directory.path), migrations: migrations))
  }
}
