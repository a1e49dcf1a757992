/// How many cases a property is tried with: an optimized build tries more.
enum PropertyCount {
  static func cases(_ count: Int) -> ClosedRange<UInt64> {
    #if DEBUG
      1...UInt64(count)
    #else
      1...UInt64(count * 5)
    #endif
  }
}
