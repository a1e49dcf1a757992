extension Lexer {
  /// `1`, `1_000`, `3.14`, `2.5e-3`, `30s`, `1.5h`, `30.seconds`.
  mutating func scanNumber() {
    let start = offset
    var end = digitsEnd(start)
    var kind = TokenKind.integer
    if byte(at: end) == UInt8(ascii: ".") {
      if Self.isDigit(byte(at: end + 1)) {
        kind = .float
        end = digitsEnd(end + 1)
      } else if let unitEnd = longUnitEnd(end + 1) {
        return take(.duration, unitEnd - start)
      }
    }
    if let exponentEnd = exponentEnd(end) {
      kind = .float
      end = exponentEnd
    }
    let suffixStart = end
    while end < bytes.count, Self.isWordByte(bytes[end]) { end += 1 }
    if end > suffixStart {
      if DurationLiteral.unit(bytes[suffixStart..<end]) != nil {
        kind = .duration
      } else {
        reportSuffix(number: start..<suffixStart, suffix: suffixStart..<end)
      }
    }
    if bytes[suffixStart - 1] == UInt8(ascii: "_") {
      diagnostics.report(
        .malformedNumber, "the number `\(text(start..<suffixStart))` ends with `_`", at: range(start..<end),
        suggestion: "`_` only separates digits")
    }
    take(kind, end - start)
  }

  private func digitsEnd(_ start: Int) -> Int {
    var end = start
    while end < bytes.count, Self.isDigit(bytes[end]) || bytes[end] == UInt8(ascii: "_") { end += 1 }
    return end
  }

  private func exponentEnd(_ start: Int) -> Int? {
    guard byte(at: start) | 0x20 == UInt8(ascii: "e") else { return nil }
    let sign = byte(at: start + 1)
    let digits = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") ? start + 2 : start + 1
    guard Self.isDigit(byte(at: digits)) else { return nil }
    return digitsEnd(digits)
  }

  /// The end of `seconds`, `minutes` or `hours` at an offset.
  private func longUnitEnd(_ start: Int) -> Int? {
    var end = start
    while end < bytes.count, Self.isWordByte(bytes[end]) { end += 1 }
    return DurationLiteral.isLongUnit(bytes[min(start, end)..<end]) ? end : nil
  }

  private mutating func reportSuffix(number: Range<Int>, suffix: Range<Int>) {
    diagnostics.report(
      .malformedNumber, "`\(text(suffix))` is no unit of the number `\(text(number))`", at: range(suffix),
      suggestion: "units of time are `ms`, `s`, `m`, `h`, `d`, `w`, `months` and `y`; names do not begin with a digit")
  }

  /// The text of a range, cut to what fits a message.
  func text(_ range: Range<Int>) -> String {
    let longest = 40
    let cut = range.lowerBound..<min(range.upperBound, range.lowerBound + longest)
    return String(decoding: bytes[cut], as: UTF8.self) + (cut.count < range.count ? "…" : "")
  }

  func range(_ range: Range<Int>) -> Range<UInt32> { UInt32(range.lowerBound)..<UInt32(range.upperBound) }
}
