import Crypto

/// The SHA-256 digest of a part of an image, as `sha256:` and 64 digits.
struct ImageDigest: Sendable, Hashable, CustomStringConvertible {
  /// The 64 digits, in lower case.
  let digits: String

  private static let prefix = "sha256:"
  private static let digitCount = 64

  init(_ digest: SHA256.Digest) {
    digits = digest.map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
  }

  /// The digest of bytes.
  init(of bytes: [UInt8]) {
    self.init(SHA256.hash(data: bytes))
  }

  /// Reads the text form; refuses other algorithms.
  init(_ text: String) throws(ImageError) {
    guard text.hasPrefix(Self.prefix) else {
      throw .invalid("the digest `\(text.prefix(100))` is not of `sha256`, the only algorithm that is taken")
    }
    try self.init(digits: String(text.dropFirst(Self.prefix.count)))
  }

  /// Reads the digits alone.
  init(digits: String) throws(ImageError) {
    guard digits.utf8.count == Self.digitCount,
      digits.utf8.allSatisfy({
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      })
    else { throw .invalid("the digest `\(digits.prefix(100))` is not 64 digits of base 16") }
    self.digits = digits
  }

  var description: String { Self.prefix + digits }
}
