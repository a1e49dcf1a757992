import CSQLitePeer
import Measuring

/// The peer: a loop in C over SQLite, on the same schema and rows.
struct PeerSide: ~Copyable {
  struct Failure: Error {}

  private let peer: OpaquePointer

  private init(_ peer: OpaquePointer) {
    self.peer = peer
  }

  static func open(directory: String) throws -> PeerSide {
    guard let peer = sqlite_peer_open(directory + "/peer.sqlite", Workload.schema, Int32(Workload.checkpointPages))
    else { throw Failure() }
    let side = PeerSide(peer)
    guard sqlite_peer_prepare(peer, Int32(Workload.states), Int32(Workload.rowBytes)) == 0 else { throw Failure() }
    return side
  }

  deinit { sqlite_peer_close(peer) }

  /// Commits so many transactions at a time: how many a second, and the processor time of each in microseconds.
  func run(batch: Int, for duration: Duration) throws -> (perSecond: Double, microseconds: Double) {
    let processor = ProcessorTime()
    var elapsed: Int64 = 0
    let count = sqlite_peer_run(
      peer, Int32(batch), Int32(Workload.rowBytes), Int64(duration / .nanoseconds(1)), &elapsed)
    guard count > 0, elapsed > 0 else { throw Failure() }
    return (Double(count) * 1e9 / Double(elapsed), processor.elapsed / .microseconds(1) / Double(count))
  }
}
