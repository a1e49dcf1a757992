#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension SeededRandom {
  /// The environment variable that holds the seed of a run.
  public static let environmentVariable = "SYMBIONT_TEST_SEED"

  /// Makes a generator of the seed in ``environmentVariable``, or of a new one when it holds no number.
  public static func forTest() -> SeededRandom {
    let given = getenv(environmentVariable).flatMap { UInt64(String(cString: $0)) }
    return SeededRandom(seed: given ?? UInt64.random(in: .min ... .max))
  }

  /// A generator of its own for one of many parts of a test, determined by this one's seed.
  public func branch(_ index: Int) -> SeededRandom {
    var mixer = SeededRandom(seed: seed &+ UInt64(bitPattern: Int64(index)))
    return SeededRandom(seed: mixer.next())
  }
}
