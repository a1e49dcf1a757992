import Dispatch

/// The only writer of durable state: small transactions of many callers, committed together with one fsync.
///
/// A caller of `write` goes on only after the commit that holds its work is on the disk. Work that comes in while a
/// commit runs is the next commit, so throughput grows with the number of callers. Reads see a snapshot and never wait
/// for a write, except in memory.
public final class Store: Sendable {
  let writer: Writer?
  let readers: ReaderPool
  private let owner: DirectoryOwner?

  init(writer: Writer?, readers: ReaderPool, owner: DirectoryOwner?) {
    self.writer = writer
    self.readers = readers
    self.owner = owner
  }

  /// Opens a store, creating it if it is missing, and brings its schema up to date.
  ///
  /// It blocks the calling thread while files are opened and migrations run.
  ///
  /// - Throws: a ``StoreError`` of its opening cases, when the directory, its owner, the file, the schema or the
  ///   durability of the disk is not as it must be.
  public static func open(_ configuration: StoreConfiguration) throws(StoreError) -> Store {
    try StoreOpening(configuration: configuration).open()
  }

  /// Opens the store in a directory for reading, whether or not a process owns it.
  ///
  /// Every write is refused.
  ///
  /// - Throws: a ``StoreError`` of its opening cases; ``StoreError/olderThanProgram(migration:)`` when the schema lacks
  ///   a migration that only an owner may apply.
  public static func openReadOnly(directory: String) throws(StoreError) -> Store {
    try openReadOnly(StoreConfiguration(durability: .disk(directory: directory)))
  }

  package static func openReadOnly(_ configuration: StoreConfiguration) throws(StoreError) -> Store {
    try StoreOpening(configuration: configuration).openReadOnly()
  }

  /// What the writer has done since the store was opened.
  package var statistics: StoreStatistics { writer?.statistics ?? StoreStatistics() }

  /// Refuses new work, finishes what was accepted, and gives the directory free.
  ///
  /// Closing twice does no harm.
  public func close() async {
    writer?.stopAdmitting()
    readers.stopAdmitting()
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        // Readers first: the last connection to close copies the log into the database and removes it.
        self.readers.close()
        self.writer?.connection.close()
        self.owner?.release()
        continuation.resume()
      }
    }
  }
}
