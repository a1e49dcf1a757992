import SymbiontCore

/// The name of an image, such as `busybox` or `team/tools:1.2`.
struct ImageName: Sendable, Hashable {
  /// The name.
  let text: String

  private static let bytes = 1...128
  private static let suffix = ".json"

  /// Checks a name: letters, digits and `.`, `_`, `-`, `/`, `:`, `@`, beginning with a letter or digit.
  init(_ text: String) throws(SandboxError) {
    let allowed = text.utf8.allSatisfy { byte in
      Self.isLetterOrDigit(byte) || ".-_/:@".utf8.contains(byte)
    }
    guard Self.bytes.contains(text.utf8.count), allowed, text.utf8.first.map(Self.isLetterOrDigit) == true else {
      throw .imageInvalid(
        image: text,
        reason:
          "a name has 1 to 128 letters, digits and `.`, `_`, `-`, `/`, `:`, `@`, and begins with a letter or digit")
    }
    self.text = text
  }

  /// Reads the name of a record's file; nil for other files.
  init?(file: String) {
    guard file.hasSuffix(Self.suffix) else { return nil }
    let text = String(file.dropLast(Self.suffix.count)).replacing("%2F", with: "/")
    guard let name = try? ImageName(text) else { return nil }
    self = name
  }

  /// The name of the record's file: `/` is the only character that files cannot have.
  var file: String { text.replacing("/", with: "%2F") + Self.suffix }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
