/// A name as a small number: equal names of one file have equal numbers, so that no scope compares texts.
typealias NameID = Int32

/// All names of a file by number, in the order of their first occurrence.
///
/// An open-addressing hash table over bytes. The hash is seeded for each process, so that a hostile file cannot prepare
/// collisions; the numbers do not depend on it.
struct NameTable: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  private var slots: [NameID]

  private static let seed = UInt64(bitPattern: Int64("symbi".hashValue))
  /// An odd number with well mixed bits (the golden ratio), as in Fibonacci hashing.
  private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
  private static let emptySlot: NameID = -1
  private static let initialSlotCount = 1024

  init() {
    slots = Array(repeating: Self.emptySlot, count: Self.initialSlotCount)
  }

  /// How many names there are; the next new one gets this number.
  var count: Int { ends.count }

  /// The number of the name that these bytes spell.
  mutating func intern(_ source: [UInt8], _ range: Range<Int>) -> NameID {
    let hash = Self.hash(source, range)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != Self.emptySlot {
      let candidate = slots[slot]
      if hashes[Int(candidate)] == hash, isEqual(candidate, source, range) { return candidate }
      slot = (slot + 1) & mask
    }
    let name = NameID(truncatingIfNeeded: ends.count)
    slots[slot] = name
    bytes.append(contentsOf: source[range])
    ends.append(bytes.count)
    hashes.append(hash)
    if ends.count * 2 > slots.count { grow() }
    return name
  }

  /// The number of a name given as text.
  mutating func intern(_ text: String) -> NameID {
    let source = Array(text.utf8)
    return intern(source, 0..<source.count)
  }

  /// The name as text.
  func text(_ name: NameID) -> String { String(decoding: bytes[range(name)], as: UTF8.self) }

  /// The name's bytes.
  func spelling(_ name: NameID) -> ArraySlice<UInt8> { bytes[range(name)] }

  /// The first byte of a name; 0 for the empty name.
  func firstByte(_ name: NameID) -> UInt8 {
    let range = range(name)
    return range.isEmpty ? 0 : bytes[range.lowerBound]
  }

  private func range(_ name: NameID) -> Range<Int> {
    (name == 0 ? 0 : ends[Int(name) - 1])..<ends[Int(name)]
  }

  private func isEqual(_ name: NameID, _ source: [UInt8], _ other: Range<Int>) -> Bool {
    let own = range(name)
    guard own.count == other.count else { return false }
    var offset = other.lowerBound
    for index in own {
      if bytes[index] != source[offset] { return false }
      offset += 1
    }
    return true
  }

  private static func hash(_ source: [UInt8], _ range: Range<Int>) -> UInt64 {
    var hash = seed
    for index in range {
      hash = (hash ^ UInt64(source[index])) &* multiplier
      hash ^= hash >> 29
    }
    return hash
  }

  private mutating func grow() {
    var larger = [NameID](repeating: Self.emptySlot, count: slots.count * 2)
    let mask = larger.count - 1
    for name in 0..<ends.count {
      var slot = Int(truncatingIfNeeded: hashes[name]) & mask
      while larger[slot] != Self.emptySlot { slot = (slot + 1) & mask }
      larger[slot] = NameID(truncatingIfNeeded: name)
    }
    slots = larger
  }
}
