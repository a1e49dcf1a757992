/// Sees every commit of a store from its writer thread; a crash sweep kills the process here.
///
/// Both methods hold up the writer. Numbers start at 1 for each opened store and count the commits that succeeded, so a
/// commit that fails leaves its number to the next one. Migrations are not counted.
package protocol StoreObserver: Sendable {
  /// The transaction is complete and nothing of it is durable yet.
  func beforeCommit(_ number: UInt64)
  /// The transaction is durable and no caller has been answered yet.
  func afterCommit(_ number: UInt64)
}
