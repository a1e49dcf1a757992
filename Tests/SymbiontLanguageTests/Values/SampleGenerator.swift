import SymbiontLanguage

/// A seeded source of randomness (SplitMix64): the same seed gives the same samples everywhere.
struct SampleGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &self)]
  }

  /// Text of up to `maximumCount` scalars, with those that are hard on codecs.
  mutating func text(maximumCount: Int = 12) -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "b", "Z", "0", "_", " ", "\"", "\\", "/", "\n", "\r", "\t", "\0", "\u{1}", "\u{8}", "\u{C}", "\u{1F}",
      "\u{7F}", "é", "e", "\u{301}", "ß", "\u{2028}", "\u{FEFF}", "\u{FFFD}", "\u{1F600}", "\u{10FFFF}", "你",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...maximumCount, using: &self) { text.unicodeScalars.append(pick(scalars)) }
    return text
  }

  mutating func bytes(maximumCount: Int) -> [UInt8] {
    (0..<Int.random(in: 0...maximumCount, using: &self)).map { _ in UInt8.random(in: .min ... .max, using: &self) }
  }

  mutating func int() -> Int64 {
    switch Int.random(in: 0..<4, using: &self) {
    case 0: pick([0, 1, -1, 63, 64, -64, -65, 127, 128, .max, .min, .max - 1, .min + 1])
    case 1: Int64.random(in: -1000...1000, using: &self)
    default: Int64(bitPattern: next()) >> Int64.random(in: 0..<64, using: &self)
    }
  }

  mutating func finiteFloat() -> Double {
    while true {
      let candidate =
        chance(50)
        ? Double(bitPattern: next())
        : pick([0.0, -0.0, 3.0, 0.1, 1e16, 1e-7, 1e21, .greatestFiniteMagnitude, .leastNonzeroMagnitude])
      if candidate.isFinite { return candidate }
    }
  }

  /// Any value that JSON can express and read back as the same value.
  mutating func documentValue(depth: Int = 5) -> Value {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &self) {
    case 0: .null
    case 1: .bool(chance(50))
    case 2: .int(int())
    case 3: .float(finiteFloat())
    case 4: .string(text())
    case 5, 6:
      .array((0..<Int.random(in: 0...6, using: &self)).map { _ in documentValue(depth: depth - 1) })
    default: .record(record(depth: depth) { $0.documentValue(depth: depth - 1) })
    }
  }

  /// Any value at all.
  mutating func value(depth: Int = 5) -> Value {
    switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &self) {
    case 0: .null
    case 1: .bool(chance(50))
    case 2: .int(int())
    case 3: .float(finiteFloat())
    case 4: .string(text())
    case 5: .secret(SecretReference(path: text()))
    case 6: .float(chance(50) ? .infinity : -.infinity)
    case 7: .array((0..<Int.random(in: 0...6, using: &self)).map { _ in value(depth: depth - 1) })
    case 8: .record(record(depth: depth) { $0.value(depth: depth - 1) })
    default:
      .function(
        FunctionValue(
          function: UInt32.random(in: .min ... .max, using: &self),
          captures: (0..<Int.random(in: 0...3, using: &self)).map { _ in value(depth: depth - 1) }))
    }
  }

  /// Sometimes small, sometimes beyond the size from which records keep an index.
  private mutating func record(depth: Int, content: (inout SampleGenerator) -> Value) -> Record {
    var record = Record()
    for _ in 0..<Int.random(in: 0...(chance(10) ? 40 : 5), using: &self) { record[text()] = content(&self) }
    return record
  }

  /// The bytes with a few of them changed, removed, added or cut off.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var mutant = bytes
    for _ in 0...Int.random(in: 0...3, using: &self) where !mutant.isEmpty {
      let place = Int.random(in: mutant.indices, using: &self)
      switch Int.random(in: 0..<5, using: &self) {
      case 0: mutant[place] = UInt8.random(in: .min ... .max, using: &self)
      case 1: mutant[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 2: mutant.remove(at: place)
      case 3: mutant.insert(UInt8.random(in: .min ... .max, using: &self), at: place)
      default: mutant.removeSubrange(place...)
      }
    }
    return mutant
  }
}
