extension UniqueValue: LosslessStringConvertible {
  /// The number of characters of the text form.
  public static let textLength = 36
  private static let hyphen = UInt8(ascii: "-")

  /// The UUID text form, in lower case: `0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b77`.
  public var description: String {
    let bytes = bytes
    return String(unsafeUninitializedCapacity: Self.textLength) { buffer in
      var position = 0
      for byte in bytes {
        if Self.isHyphen(position) {
          buffer[position] = Self.hyphen
          position += 1
        }
        buffer[position] = Self.digit(byte >> 4)
        buffer[position + 1] = Self.digit(byte & 0xF)
        position += 2
      }
      return position
    }
  }

  /// Reads the UUID text form: thirty-six characters, hyphens where they belong, digits in either case; nil for
  /// anything else.
  public init?(_ description: String) {
    guard description.utf8.count == Self.textLength else { return nil }
    var words: (high: UInt64, low: UInt64) = (0, 0)
    for (position, character) in description.utf8.enumerated() {
      if Self.isHyphen(position) {
        guard character == Self.hyphen else { return nil }
        continue
      }
      guard let digit = Self.value(ofDigit: character) else { return nil }
      words.high = words.high << 4 | words.low >> 60
      words.low = words.low << 4 | UInt64(digit)
    }
    self.init(high: words.high, low: words.low)
  }

  private static func isHyphen(_ position: Int) -> Bool {
    switch position {
    case 8, 13, 18, 23: true
    default: false
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func value(ofDigit character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
