/// A set of Unicode scalars, as a class of a regular expression names it.
struct ScalarSet: Sendable {
  private var ranges: [ClosedRange<UInt32>]
  private var isNegated: Bool
  private var ignoresCase: Bool
  /// The members below 128, one bit each: almost all text is answered here.
  private var asciiMembers: (low: UInt64, high: UInt64) = (0, 0)

  private static let asciiCount: UInt32 = 128
  private static let lastScalar: UInt32 = 0x10FFFF

  /// Makes a set of ranges in any order.
  init(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false, ignoresCase: Bool = false) {
    self.ranges = Self.merged(ranges)
    self.isNegated = isNegated
    self.ignoresCase = ignoresCase
    for scalar in 0..<Self.asciiCount where containsBySearch(scalar) {
      if scalar < 64 {
        asciiMembers.low |= 1 << UInt64(scalar)
      } else {
        asciiMembers.high |= 1 << UInt64(scalar - 64)
      }
    }
  }

  static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
  static let wordScalars: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
  static let spaces: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20]
  static let lineFeed: [ClosedRange<UInt32>] = [0x0A...0x0A]

  @inline(__always)
  func contains(_ scalar: UInt32) -> Bool {
    if scalar < 64 { return asciiMembers.low >> UInt64(scalar) & 1 == 1 }
    if scalar < Self.asciiCount { return asciiMembers.high >> UInt64(scalar - 64) & 1 == 1 }
    return containsBySearch(scalar)
  }

  private func containsBySearch(_ scalar: UInt32) -> Bool {
    var isMember = isInRanges(scalar)
    if !isMember, ignoresCase { isMember = Self.caseVariants(of: scalar).contains { isInRanges($0) } }
    return isMember != isNegated
  }

  private func isInRanges(_ scalar: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(scalar)
  }

  /// The scalars that are not in the ranges.
  static func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in merged(ranges) {
      if next < range.lowerBound { result.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= lastScalar { result.append(next...lastScalar) }
    return result
  }

  /// The scalar in its other cases, as far as they are single scalars.
  static func caseVariants(of scalar: UInt32) -> [UInt32] {
    if scalar < asciiCount {
      let caseBit: UInt32 = 0x20
      let isLetter = (0x61...0x7A).contains(scalar | caseBit)
      return isLetter ? [scalar, scalar ^ caseBit] : [scalar]
    }
    guard let unicode = Unicode.Scalar(scalar) else { return [scalar] }
    let properties = unicode.properties
    var variants = [scalar]
    for mapping in [properties.lowercaseMapping, properties.uppercaseMapping] {
      guard let variant = single(mapping) else { continue }
      variants.append(variant.value)
      // The capital of `ſ` is `S`, whose small letter is `s`.
      if let small = single(variant.properties.lowercaseMapping) { variants.append(small.value) }
    }
    return variants
  }

  private static func single(_ text: String) -> Unicode.Scalar? {
    let scalars = text.unicodeScalars
    return scalars.count == 1 ? scalars.first : nil
  }

  private static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, range.lowerBound <= last.upperBound {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }
}
