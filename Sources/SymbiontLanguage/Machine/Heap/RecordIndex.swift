/// The hash index of a large record: slots of 32 bits that hold a field's position plus one, probed linearly.
struct RecordIndex {
  private let slots: UnsafeMutablePointer<UInt32>
  private let mask: Int

  /// The index of a record whose capacity asks for one.
  init(_ object: UnsafeMutablePointer<UInt64>) {
    let capacity = HeapObject.capacity(at: object)
    let start = object + HeapObject.headerWords + capacity * HeapObject.fieldWords
    slots = UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt32.self)
    mask = HeapObject.indexSlots(capacity: capacity) - 1
  }

  /// Empties it.
  func clear() { slots.update(repeating: 0, count: mask + 1) }

  /// Enters a field and returns how many slots were looked at.
  ///
  /// A free one exists: at most half are used.
  func insert(_ position: Int, hash: UInt32) -> Int {
    var slot = Int(hash) & mask
    var steps = 0
    while slots[slot] != 0 {
      slot = (slot + 1) & mask
      steps += 1
    }
    slots[slot] = UInt32(truncatingIfNeeded: position + 1)
    return steps
  }

  /// The fields that may have a key with this hash.
  func probe(_ hash: UInt32) -> Probe { Probe(slots: slots, mask: mask, slot: Int(hash) & mask) }

  /// A walk over the slots up to the first free one.
  struct Probe {
    fileprivate let slots: UnsafeMutablePointer<UInt32>
    fileprivate let mask: Int
    fileprivate var slot: Int

    /// The next position.
    mutating func next() -> Int? {
      let entry = slots[slot]
      guard entry != 0 else { return nil }
      slot = (slot + 1) & mask
      return Int(entry) - 1
    }
  }
}

/// The hash of record keys.
///
/// It is not seeded: collisions that someone makes on purpose cost fuel, not time unpaid for.
enum TextHash {
  /// A hash that is never zero.
  static func hash(_ content: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in content { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    let mixed = state ^ state >> 32
    return max(UInt32(truncatingIfNeeded: mixed), 1)
  }
}
