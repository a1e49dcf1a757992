/// Finds a byte sequence in others, in time linear in both (Knuth, Morris and Pratt).
///
/// UTF-8 is self-synchronizing, so a text is found exactly where its bytes are.
struct ByteSearch {
  private let pattern: [UInt8]
  /// For each position the length of the longest proper prefix of the pattern that ends there.
  private let fallback: [Int]

  init(_ pattern: [UInt8]) {
    self.pattern = pattern
    var fallback = [Int](repeating: 0, count: pattern.count)
    var length = 0
    for position in pattern.indices.dropFirst() {
      while length > 0, pattern[position] != pattern[length] { length = fallback[length - 1] }
      if pattern[position] == pattern[length] { length += 1 }
      fallback[position] = length
    }
    self.fallback = fallback
  }

  var count: Int { pattern.count }

  /// Where the pattern next begins in `bytes` from `start` on.
  ///
  /// An empty pattern is found at once.
  func first(in bytes: [UInt8], from start: Int = 0) -> Int? {
    guard let head = pattern.first else { return start }
    var length = 0
    var position = start
    while position < bytes.count {
      let byte = bytes[position]
      if length == 0, byte != head {
        position += 1
        continue
      }
      while length > 0, byte != pattern[length] { length = fallback[length - 1] }
      if byte == pattern[length] { length += 1 }
      position += 1
      if length == pattern.count { return position - length }
    }
    return nil
  }
}
