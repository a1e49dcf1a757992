#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The system's randomness, taken two words at a time: an identifier costs one call of the kernel.
struct SystemWords: RandomNumberGenerator {
  private var spare: UInt64?

  mutating func next() -> UInt64 {
    if let word = spare.take() { return word }
    var words: (UInt64, UInt64) = (0, 0)
    let isFilled = withUnsafeMutableBytes(of: &words) { getentropy($0.baseAddress, $0.count) == 0 }
    guard isFilled else {
      var generator = SystemRandomNumberGenerator()
      return generator.next()
    }
    spare = words.1
    return words.0
  }
}
