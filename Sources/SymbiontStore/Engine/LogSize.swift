import GRDBSQLite

/// How many pages the write-ahead log of a connection holds, as of its last commit.
final class LogSize {
  private(set) var pages = 0

  /// Takes the place of SQLite's own checkpointing, which runs inside the commit while callers wait.
  ///
  /// The connection must not commit after this object is gone.
  func observe(_ connection: OpaquePointer) {
    sqlite3_wal_hook(
      connection,
      { context, _, _, pages in
        guard let context else { return SQLITE_OK }
        Unmanaged<LogSize>.fromOpaque(context).takeUnretainedValue().pages = Int(pages)
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}
