import GRDB
import GRDBSQLite

/// One connection to the database, with a queue of its own on which all of its work runs in order.
///
/// `@unchecked Sendable`: the mutable state is touched only inside `perform` and `performAndWait`, whose work GRDB runs
/// one at a time on the connection's queue; the queue itself is safe to share. `deinit` has no one to race with, since
/// waiting work holds the connection.
final class Connection: @unchecked Sendable {
  /// How long a statement waits for a lock that another process holds.
  ///
  /// Only a tool that writes behind the owner's back takes one.
  static let busyTimeoutMilliseconds: Int32 = 5_000

  private let queue: DatabaseQueue
  private var session: Session?

  /// What the work on a connection sees.
  struct Session {
    let pointer: OpaquePointer
    let statements: StatementCache
    let log: LogSize
  }

  init(queue: DatabaseQueue) {
    self.queue = queue
    queue.writeWithoutTransaction { database in
      guard let pointer = database.sqliteConnection else { return }
      session = Session(pointer: pointer, statements: StatementCache(connection: pointer), log: LogSize())
    }
  }

  /// Runs work on the connection's queue; work on a connection that was closed is handed nil.
  func perform(_ work: @escaping @Sendable (Session?) -> Void) {
    queue.asyncWriteWithoutTransaction { _ in work(self.session) }
  }

  /// Runs work and waits for it; never called from the connection's own queue, nor after closing.
  func performAndWait<T>(_ work: (Database, Session) throws -> T) throws(StoreError) -> T {
    do {
      return try queue.writeWithoutTransaction { database in
        guard let session else { throw StoreError.closed }
        return try work(database, session)
      }
    } catch { throw StoreError(error) }
  }

  /// Waits for the work that was accepted, then closes.
  ///
  /// The second time it does nothing.
  func close() {
    let wasOpen = queue.writeWithoutTransaction { _ in
      session?.statements.removeAll()
      defer { session = nil }
      return session != nil
    }
    // All statements are finalized, so SQLite has no reason to refuse; should it, the queue closes when it is released.
    if wasOpen { try? queue.close() }
  }
}
