import CSQLitePeer

/// The peer: a plain loop in C over SQLite that inserts two rows and updates one for each error, and decides nothing.
struct PeerSide: ~Copyable {
  struct Failure: Error {}

  private static let rowBytes: Int32 = 120
  private static let states: Int32 = 1_024
  private static let checkpointPages: Int32 = 2_000
  private static let schema = """
    CREATE TABLE journal (id BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE audit (id BLOB PRIMARY KEY, leaf BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE states (id BLOB PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    """

  private let peer: OpaquePointer

  private init(_ peer: OpaquePointer) {
    self.peer = peer
  }

  /// - Parameter directory: Where the database is; nil for one in memory.
  static func open(directory: String?) throws -> PeerSide {
    let path = directory.map { $0 + "/peer.sqlite" } ?? ":memory:"
    guard let peer = sqlite_peer_open(path, schema, checkpointPages) else { throw Failure() }
    let side = PeerSide(peer)
    guard sqlite_peer_prepare(peer, states, rowBytes) == 0 else { throw Failure() }
    return side
  }

  deinit { sqlite_peer_close(peer) }

  /// Commits so many errors at a time: how many a second.
  func run(batch: Int, for duration: Duration) throws -> Double {
    var elapsed: Int64 = 0
    let count = sqlite_peer_run(peer, Int32(batch), Self.rowBytes, Int64(duration / .nanoseconds(1)), &elapsed)
    guard count > 0, elapsed > 0 else { throw Failure() }
    return Double(count) * 1e9 / Double(elapsed)
  }
}
