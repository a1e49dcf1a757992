/// Randomness that is the same for the same seed (SplitMix64), so that a failed test can be run again.
///
/// Not for secrets. Print it, or put it into the comment of an expectation: its description is its seed.
public struct SeededRandom: RandomNumberGenerator, Sendable, CustomStringConvertible {
  /// The seed that it was made with.
  public let seed: UInt64
  private var state: UInt64

  /// Makes a generator of a known seed.
  public init(seed: UInt64) {
    self.seed = seed
    self.state = seed
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= Self.increment
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* Self.firstMultiplier
    mixed = (mixed ^ (mixed >> 27)) &* Self.secondMultiplier
    return mixed ^ (mixed >> 31)
  }

  /// The seed, as it is given to run a test again: `SYMBIONT_TEST_SEED=42`.
  public var description: String { "\(Self.environmentVariable)=\(seed)" }

  // The constants of SplitMix64 (Steele, Lea and Flood, 2014): the golden ratio, and Stafford's mixer 13.
  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
  private static let firstMultiplier: UInt64 = 0xBF58_476D_1CE4_E5B9
  private static let secondMultiplier: UInt64 = 0x94D0_49BB_1331_11EB
}
