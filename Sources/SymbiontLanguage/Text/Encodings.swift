internal import Crypto

/// Bytes as text, and their digest.
public enum Encodings {
  /// Two lower-case hexadecimal digits for each byte.
  public static func hex(_ bytes: [UInt8]) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      digits.append(HexText.digit(byte >> 4))
      digits.append(HexText.digit(byte))
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The bytes that hexadecimal digits of either case stand for.
  public static func hexDecode(_ text: String) throws(EncodingTextError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 2)
    var high: UInt8?
    for (offset, byte) in text.utf8.enumerated() {
      guard let digit = HexText.value(byte) else { throw .unexpectedCharacter(offset: offset) }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard high == nil else { throw .wrongLength(text.utf8.count) }
    return bytes
  }

  /// The SHA-256 digest of bytes, FIPS 180-4.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return Array(hash.finalize())
  }

  /// The SHA-256 digest of bytes in hexadecimal.
  public static func sha256Hex(_ bytes: [UInt8]) -> String { hex(sha256(bytes)) }

  /// The bytes in base64 with padding, RFC 4648 section 4.
  public static func base64(_ bytes: [UInt8]) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity((bytes.count + 2) / 3 * 4)
    var start = 0
    while start < bytes.count {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for position in 0..<4 {
        let index = Int(bits >> UInt32(18 - 6 * position) & 0x3F)
        digits.append(position <= group.count ? base64Alphabet[index] : base64Padding)
      }
      start += 3
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The bytes that a base64 text stands for.
  ///
  /// Strict: padding is required, white space is refused, and unused bits must be zero, so that only one text stands for
  /// given bytes.
  public static func base64Decode(_ text: String) throws(EncodingTextError) -> [UInt8] {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 4) else { throw .wrongLength(digits.count) }
    let paddingCount = digits.suffix(2).reversed().prefix { $0 == base64Padding }.count
    let contentCount = digits.count - paddingCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 4 * 3)
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for offset in 0..<contentCount {
      guard let value = base64Value(digits[offset]) else { throw .unexpectedCharacter(offset: offset) }
      bits = bits << 6 | value
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
        bits &= (1 << bitCount) - 1
      }
    }
    guard bits == 0 else { throw .unexpectedCharacter(offset: contentCount - 1) }
    return bytes
  }

  private static let base64Padding = UInt8(ascii: "=")
  private static let base64Alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func base64Value(_ digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}

/// Why a text does not stand for bytes.
///
/// Offsets count the text's bytes.
public enum EncodingTextError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A character that the encoding does not use, or not there.
  case unexpectedCharacter(offset: Int)
  /// A length that no bytes have in this encoding.
  case wrongLength(Int)

  /// What is wrong.
  public var description: String {
    switch self {
    case .unexpectedCharacter(let offset): "unexpected character at byte \(offset) of the encoded text"
    case .wrongLength(let count): "an encoded text cannot have \(count) characters; is its end or padding missing?"
    }
  }
}
