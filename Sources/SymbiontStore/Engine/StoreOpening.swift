import GRDB
import GRDBSQLite

/// The steps from a configuration to an open store.
struct StoreOpening {
  let configuration: StoreConfiguration

  func open() throws(StoreError) -> Store {
    guard case .disk(let path) = configuration.durability else { return try openInMemory() }
    let directory = DataDirectory(path: path)
    try directory.prepare()
    let owner = try DirectoryOwner.claim(directory)
    try directory.prepareDatabase()
    let connection = try connect(directory.databasePath, isReadOnly: false)
    try connection.performAndWait { _, session in try Self.makeDurable(session) }
    try migrate(connection, path: directory.databasePath)
    try directory.synchronize()
    var readers: [Connection] = []
    for _ in 0..<max(1, configuration.readerCount) {
      readers.append(try connect(directory.databasePath, isReadOnly: true))
    }
    return Store(
      writer: Writer(connection: connection, configuration: configuration),
      readers: ReaderPool(readers: readers, configuration: configuration, isShared: false), owner: owner)
  }

  func openReadOnly() throws(StoreError) -> Store {
    guard case .disk(let path) = configuration.durability else { throw .readOnly }
    let directory = DataDirectory(path: path)
    try directory.requireDatabase()
    var readers: [Connection] = []
    for _ in 0..<max(1, configuration.readerCount) {
      readers.append(try connect(directory.databasePath, isReadOnly: true))
    }
    let ledger = try MigrationLedger(configuration.migrations)
    try readers[0].performAndWait { database, _ in
      try ledger.requireCurrent(database, path: directory.databasePath)
    }
    return Store(
      writer: nil, readers: ReaderPool(readers: readers, configuration: configuration, isShared: false), owner: nil)
  }

  private func openInMemory() throws(StoreError) -> Store {
    let connection: Connection
    do {
      connection = Connection(queue: try DatabaseQueue(configuration: engineConfiguration(isReadOnly: false)))
    } catch { throw StoreError(error) }
    try migrate(connection, path: ":memory:")
    return Store(
      writer: Writer(connection: connection, configuration: configuration),
      readers: ReaderPool(readers: [connection], configuration: configuration, isShared: true), owner: nil)
  }

  private func migrate(_ connection: Connection, path: String) throws(StoreError) {
    let ledger = try MigrationLedger(configuration.migrations)
    try connection.performAndWait { database, _ in try ledger.bringUpToDate(database, path: path) }
  }

  private func connect(_ path: String, isReadOnly: Bool) throws(StoreError) -> Connection {
    do {
      return Connection(
        queue: try DatabaseQueue(path: path, configuration: engineConfiguration(isReadOnly: isReadOnly)))
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      throw .notAStore(path: path)
    } catch { throw StoreError(error) }
  }

  private func engineConfiguration(isReadOnly: Bool) -> Configuration {
    var engine = Configuration()
    engine.readonly = isReadOnly
    engine.label = "symbiont.store"
    engine.busyMode = .timeout(Double(Connection.busyTimeoutMilliseconds) / 1_000)
    // The engine begins and ends its transactions itself, and has its own answer to one that cannot be ended.
    engine.allowsUnsafeTransactions = true
    return engine
  }

  /// Makes every commit reach the disk before it returns, and reads the settings back: they are lost silently where the
  /// file system cannot hold them.
  private static func makeDurable(_ session: Connection.Session) throws(StoreError) {
    let mode = try setting("PRAGMA journal_mode = WAL", session)
    guard mode == "wal" else { throw .durabilityUnavailable("the journal mode is `\(mode)` instead of `wal`") }
    _ = try setting("PRAGMA synchronous = FULL", session)
    let level = try setting("PRAGMA synchronous", session)
    guard level == "2" else { throw .durabilityUnavailable("`synchronous` is `\(level)` instead of `2`") }
    session.log.observe(session.pointer)
  }

  private static func setting(_ sql: String, _ session: Connection.Session) throws(StoreError) -> String {
    let statement = try session.statements.statement(composed: sql)
    defer { statement.reset() }
    guard try statement.step(), let text = sqlite3_column_text(statement.pointer, 0) else { return "" }
    return String(cString: text)
  }
}
