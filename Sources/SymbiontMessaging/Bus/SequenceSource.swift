import SymbiontCore
import SymbiontStore
import Synchronization

/// Gives numbers that were never given before, also across restarts: blocks of them are reserved in the store before one
/// is used, and what is left of a block is lost with the process.
final class SequenceSource: Sendable {
  /// As many messages as are sealed in some seconds, so that the store seldom hears of it.
  static let blockSize = 1_048_576

  private struct Block: Sendable {
    var next: UInt64
    var end: UInt64
    var isReserving = false
  }

  private let store: Store
  private let block: Mutex<Block>

  private init(store: Store, first: UInt64) {
    self.store = store
    block = Mutex(Block(next: first, end: first + UInt64(Self.blockSize)))
  }

  static func open(_ store: Store) async throws(CommunicationError) -> SequenceSource {
    SequenceSource(
      store: store,
      first: try await store.write(throwing: CommunicationError.self) { try $0.reserveSequence(blockSize) })
  }

  /// The first of as many numbers; the store is asked for more before they run out.
  func take(_ count: Int) async throws(CommunicationError) -> UInt64 {
    while true {
      if let first = takeNow(count) { return first }
      let first = try await store.write(throwing: CommunicationError.self) { try $0.reserveSequence(Self.blockSize) }
      install(first)
    }
  }

  private func takeNow(_ count: Int) -> UInt64? {
    let (first, isLow) = block.withLock { block -> (UInt64?, Bool) in
      guard block.next + UInt64(count) <= block.end else { return (nil, false) }
      defer { block.next += UInt64(count) }
      let isLow = block.end - block.next < UInt64(Self.blockSize / 2) && !block.isReserving
      if isLow { block.isReserving = true }
      return (block.next, isLow)
    }
    if isLow {
      store.submit({ try $0.reserveSequence(Self.blockSize) }) { result in
        if case .success(let first) = result {
          self.install(first)
        } else {
          self.block.withLock { $0.isReserving = false }
        }
      }
    }
    return first
  }

  /// Goes on with a reserved block, unless a later one is in use already.
  private func install(_ first: UInt64) {
    block.withLock { block in
      block.isReserving = false
      if first == block.end {
        block.end += UInt64(Self.blockSize)
      } else if first > block.end {
        block = Block(next: first, end: first + UInt64(Self.blockSize))
      }
    }
  }
}
