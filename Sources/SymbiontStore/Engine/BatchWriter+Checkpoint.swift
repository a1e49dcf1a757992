import GRDBSQLite

extension BatchWriter {
  /// How long the writer waits for readers when the log must start over; they are asked again an interval later.
  private static let readerPatienceMilliseconds: Int32 = 100

  /// Copies the write-ahead log into the database when the plan says so.
  ///
  /// Callers have their answers by now.
  mutating func checkpointIfDue() {
    guard progress.poison == nil else { return }
    let mode: Int32
    switch progress.checkpoints.step(pages: session.log.pages) {
    case .wait: return
    case .copy: mode = SQLITE_CHECKPOINT_PASSIVE
    case .startOver: mode = SQLITE_CHECKPOINT_TRUNCATE
    }
    sqlite3_busy_timeout(session.pointer, Self.readerPatienceMilliseconds)
    let code = sqlite3_wal_checkpoint_v2(session.pointer, nil, mode, nil, nil)
    sqlite3_busy_timeout(session.pointer, Connection.busyTimeoutMilliseconds)
    switch code & 0xFF {
    case SQLITE_OK: progress.statistics.checkpoints += 1
    // A reader is in the way, or the disk has no room for the copy: the log keeps everything until the next time.
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL: break
    default: poison(StoreError(connection: session.pointer, code: code, statement: "checkpoint"))
    }
  }
}
