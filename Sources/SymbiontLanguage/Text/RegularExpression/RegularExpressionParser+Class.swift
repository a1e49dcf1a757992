extension RegularExpressionParser {
  /// Reads what follows a backslash outside of a class.
  mutating func parseEscape(from start: Int) throws(RegularExpressionError) -> RegularExpressionNode {
    switch current {
    case "b": return assertion(.wordBoundary)
    case "B": return assertion(.noWordBoundary)
    case "A": return assertion(.textStart)
    case "z": return assertion(.textEnd)
    case .some("1"..."9"), "k": throw failure(.notRegular, at: start)
    default: break
    }
    if let ranges = takeClassEscape() { return .set(ScalarSet(ranges)) }
    return literal(try parseScalarEscape(from: start))
  }

  private mutating func assertion(_ assertion: RegularExpressionNode.Assertion) -> RegularExpressionNode {
    index += 1
    return .assertion(assertion)
  }

  /// Reads a class; the opening bracket at `start` is passed.
  mutating func parseClass(from start: Int) throws(RegularExpressionError) -> ScalarSet {
    let isNegated = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    var isFirst = true
    while let scalar = current {
      if scalar == "]", !isFirst {
        index += 1
        return ScalarSet(ranges, isNegated: isNegated, ignoresCase: flags.ignoresCase)
      }
      isFirst = false
      try parseClassItem(into: &ranges)
    }
    throw failure(.unbalancedClass, at: start)
  }

  private mutating func parseClassItem(into ranges: inout [ClosedRange<UInt32>]) throws(RegularExpressionError) {
    let start = index
    guard let first = try parseClassEnd(into: &ranges) else { return }
    let isRange = current == "-" && index + 1 < scalars.count && scalars[index + 1] != "]"
    guard isRange else {
      append(first...first, to: &ranges)
      return
    }
    index += 1
    var ignored: [ClosedRange<UInt32>] = []
    guard let last = try parseClassEnd(into: &ignored), first <= last else { throw failure(.malformedRange, at: start) }
    append(first...last, to: &ranges)
  }

  /// Reads a scalar of a class; an escape like `\d` goes into the ranges and gives none.
  private mutating func parseClassEnd(
    into ranges: inout [ClosedRange<UInt32>]
  ) throws(RegularExpressionError) -> UInt32? {
    let start = index
    guard let scalar = current else { return nil }
    index += 1
    guard scalar == "\\" else { return scalar.value }
    if let members = takeClassEscape() {
      ranges += members
      return nil
    }
    return try parseScalarEscape(from: start).value
  }

  /// Adds a range, and when case does not count the other case of a single scalar.
  private func append(_ range: ClosedRange<UInt32>, to ranges: inout [ClosedRange<UInt32>]) {
    ranges.append(range)
    guard flags.ignoresCase, range.lowerBound == range.upperBound else { return }
    ranges += ScalarSet.caseVariants(of: range.lowerBound).map { $0...$0 }
  }

  private mutating func takeClassEscape() -> [ClosedRange<UInt32>]? {
    let members: [ClosedRange<UInt32>]
    switch current {
    case "d": members = ScalarSet.digits
    case "w": members = ScalarSet.wordScalars
    case "s": members = ScalarSet.spaces
    case "D": members = ScalarSet.complement(of: ScalarSet.digits)
    case "W": members = ScalarSet.complement(of: ScalarSet.wordScalars)
    case "S": members = ScalarSet.complement(of: ScalarSet.spaces)
    default: return nil
    }
    index += 1
    return members
  }

  /// Reads an escape that stands for one scalar; the backslash at `start` is passed.
  private mutating func parseScalarEscape(from start: Int) throws(RegularExpressionError) -> Unicode.Scalar {
    guard let scalar = current else { throw failure(.unknownEscape, at: start) }
    index += 1
    switch scalar {
    case "t": return "\t"
    case "n": return "\n"
    case "r": return "\r"
    case "f": return "\u{C}"
    case "v": return "\u{B}"
    case "0": return "\0"
    case "x": return try parseHexScalar(digits: 2, from: start)
    case "u":
      if take("{") { return try parseBracedScalar(from: start) }
      return try parseHexScalar(digits: 4, from: start)
    default:
      let isPunctuation = scalar.isASCII && !scalar.properties.isAlphabetic && !("0"..."9").contains(scalar)
      guard isPunctuation else { throw failure(.unknownEscape, at: start) }
      return scalar
    }
  }

  private mutating func parseHexScalar(digits: Int, from start: Int) throws(RegularExpressionError) -> Unicode.Scalar {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = takeHexDigit() else { throw failure(.unknownEscape, at: start) }
      value = value << 4 | digit
    }
    guard let scalar = Unicode.Scalar(value) else { throw failure(.unknownEscape, at: start) }
    return scalar
  }

  private mutating func parseBracedScalar(from start: Int) throws(RegularExpressionError) -> Unicode.Scalar {
    let mostDigits = 6
    let first = index
    var value: UInt32 = 0
    while index - first < mostDigits, let digit = takeHexDigit() { value = value << 4 | digit }
    guard index > first, take("}"), let scalar = Unicode.Scalar(value) else { throw failure(.unknownEscape, at: start) }
    return scalar
  }

  private mutating func takeHexDigit() -> UInt32? {
    guard let scalar = current, scalar.isASCII, let digit = HexText.value(UInt8(ascii: scalar)) else { return nil }
    index += 1
    return UInt32(digit)
  }
}
