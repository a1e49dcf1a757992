import Foundation
import SymbiontStore

/// An identifier of version 7: milliseconds since 1970, then random bits.
struct Identifier: Sendable {
  let high: UInt64
  let low: UInt64

  var value: StoreValue { .id(high: high, low: low) }

  init(using random: inout XorShift) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    high = milliseconds << 16 | 0x7000 | random.next() & 0xFFF
    low = random.next() >> 2 | 0x8000_0000_0000_0000
  }
}

/// Fast repeatable randomness, the same as the peer's.
struct XorShift: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed | 1
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
