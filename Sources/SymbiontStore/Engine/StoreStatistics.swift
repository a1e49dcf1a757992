/// What a store has done since it was opened.
package struct StoreStatistics: Sendable, Equatable {
  /// Transactions that were committed.
  package var commits: UInt64 = 0
  /// Submissions that were answered, whether they were committed or failed.
  package var answers: UInt64 = 0
  /// The most submissions that shared one transaction.
  package var largestBatch = 0
  /// Transactions that were rolled back because a submission in them failed, and were written again.
  package var replays: UInt64 = 0
  /// Times the write-ahead log was copied into the database.
  package var checkpoints: UInt64 = 0

  package init() {}
}
