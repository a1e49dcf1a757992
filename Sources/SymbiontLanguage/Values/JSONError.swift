/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// How many bytes of the text come before the place.
  public let offset: Int
  /// The line, from 1.
  public let line: Int
  /// The column within the line in Unicode scalars, from 1.
  public let column: Int
  /// What is wrong there.
  public let message: String

  /// Finds the line and column of an offset.
  init(_ message: String, at offset: Int, in bytes: [UInt8]) {
    self.message = message
    self.offset = offset
    var line = 1
    var column = 1
    for byte in bytes.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if !UTF8.isContinuation(byte) {
        column += 1
      }
    }
    self.line = line
    self.column = column
  }

  /// The whole message: `invalid JSON at line 2, column 7: expected a value, found `,``.
  public var description: String { "invalid JSON at line \(line), column \(column): \(message)" }
}
