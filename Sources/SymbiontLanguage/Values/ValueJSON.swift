/// Values as JSON text, RFC 8259.
///
/// Reading: a number without fraction and exponent that fits 64 bits becomes an int, any other a float; of a repeated key
/// the last value wins, in the first position. Nothing but what the RFC's grammar allows is accepted, and no text becomes a
/// secret reference or a function.
///
/// Writing: floats are written so that they read back as the same float. A secret is written as its reference, a plain
/// string. Numbers that are not finite and functions have no JSON and are refused.
public enum ValueJSON {
  /// How JSON is laid out.
  public enum Style: Sendable, Hashable {
    /// On one line without spaces.
    case compact
    /// One element a line, indented by two spaces.
    case pretty
  }

  /// Reads one JSON value; white space around it is allowed.
  ///
  /// Takes time and memory linear in the input, for any input.
  ///
  /// - Parameter bytes: UTF-8 without a byte order mark.
  public static func parse(_ bytes: [UInt8]) throws(JSONError) -> Value {
    var parser = JSONParser(bytes)
    return try parser.parseDocument()
  }

  /// Reads one JSON value; white space around it is allowed.
  public static func parse(_ text: String) throws(JSONError) -> Value {
    try parse(Array(text.utf8))
  }

  /// Writes a value as JSON text.
  public static func print(_ value: Value, style: Style = .compact) throws(JSONPrintingError) -> String {
    String(decoding: try encode(value, style: style), as: UTF8.self)
  }

  /// Writes a value as the UTF-8 of JSON text.
  public static func encode(_ value: Value, style: Style = .compact) throws(JSONPrintingError) -> [UInt8] {
    var printer = JSONPrinter(style: style, unprintable: .refused)
    try printer.append(value)
    return printer.bytes
  }
}
