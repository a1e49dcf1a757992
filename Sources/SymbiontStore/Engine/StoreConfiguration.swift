/// Where a store keeps its data, and the limits it works within.
public struct StoreConfiguration: Sendable {
  /// Where committed work lives.
  public enum Durability: Sendable, Equatable {
    /// SQLite in the given directory, fsynced at every commit. The directory is made if it is missing, and has one
    /// owning process at a time.
    case disk(directory: String)
    /// Memory only: for tests and throw-away runs. Everything is gone when the store is closed.
    case memory
  }

  /// Where committed work lives.
  public var durability: Durability

  /// How many writes may be accepted and not yet answered; a further one is refused with ``StoreError/overloaded(limit:)``.
  ///
  /// Writes are refused rather than suspended so that the caller, who knows what may be shed, decides. At 512 in flight
  /// the slowest percent already waits tens of milliseconds; the default leaves room for bursts.
  public var maximumQueuedSubmissions = 4_096

  /// How many writes share one transaction at most, which bounds the work lost and repeated when one of them fails.
  public var maximumBatch = 1_024

  /// How many reads may be accepted and not yet answered; a further one is refused with ``StoreError/overloaded(limit:)``.
  public var maximumQueuedReads = 4_096

  /// How many reads run at the same time, each on its own connection.
  ///
  /// A store in memory reads on the writer instead.
  public var readerCount = 2

  /// How long one read may hold its snapshot before it is interrupted with ``StoreError/readTooLong(limit:)``.
  ///
  /// A snapshot that is held keeps the write-ahead log from being reused, so it grows as long as the read lasts.
  public var maximumReadDuration: Duration = .seconds(5)

  /// How many pages of 4 KiB the write-ahead log holds before it is copied into the database, after the callers of the
  /// commit were answered.
  ///
  /// Fewer pages copy hot pages more often; more make the pause of one copy longer.
  public var checkpointPages = 2_000

  /// How many pages the write-ahead log may hold before the writer pauses for readers to let go of it.
  public var maximumLogPages = 16_000

  package var migrations = StoreSchema.migrations
  package var observer: (any StoreObserver)?

  /// A configuration with the default limits.
  public init(durability: Durability) {
    self.durability = durability
  }

  package init(durability: Durability, migrations: [StoreMigration], observer: (any StoreObserver)? = nil) {
    self.durability = durability
    self.migrations = migrations
    self.observer = observer
  }
}
