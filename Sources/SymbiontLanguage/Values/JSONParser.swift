/// Reads JSON text, RFC 8259.
///
/// Recursion follows the nesting of the text, which ``ValueLimits/maximumDepth`` bounds.
struct JSONParser {
  let bytes: [UInt8]
  var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func parseDocument() throws(JSONError) -> Value {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw failure("remove the byte order mark") }
    let value = try parseValue(depth: 0)
    skipSpace()
    guard offset == bytes.count else { throw failure("expected the end, found \(found)") }
    return value
  }

  private mutating func parseValue(depth: Int) throws(JSONError) -> Value {
    skipSpace()
    guard let byte = current else { throw failure("expected a value, found the end") }
    switch byte {
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "{"): return .record(try parseObject(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
    case UInt8(ascii: "t"): return try parse(word: "true", as: .bool(true))
    case UInt8(ascii: "f"): return try parse(word: "false", as: .bool(false))
    case UInt8(ascii: "n"): return try parse(word: "null", as: .null)
    default: throw failure("expected a value, found \(found)")
    }
  }

  private mutating func parse(word: StaticString, as value: Value) throws(JSONError) -> Value {
    let expected = "\(word)".utf8
    guard bytes[offset...].starts(with: expected) else { throw failure("expected a value, found \(found)") }
    offset += expected.count
    return value
  }

  private mutating func parseArray(depth: Int) throws(JSONError) -> [Value] {
    guard depth <= ValueLimits.maximumDepth else { throw tooDeep }
    offset += 1
    var elements: [Value] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    while true {
      elements.append(try parseValue(depth: depth))
      skipSpace()
      if take(UInt8(ascii: "]")) { return elements }
      guard take(UInt8(ascii: ",")) else { throw failure("expected `,` or `]`, found \(found)") }
    }
  }

  private mutating func parseObject(depth: Int) throws(JSONError) -> Record {
    guard depth <= ValueLimits.maximumDepth else { throw tooDeep }
    offset += 1
    var record = Record()
    skipSpace()
    if take(UInt8(ascii: "}")) { return record }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("expected a key in double quotes, found \(found)") }
      let key = try parseString()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("expected `:`, found \(found)") }
      record.updateValue(try parseValue(depth: depth), forKey: key)
      skipSpace()
      if take(UInt8(ascii: "}")) { return record }
      guard take(UInt8(ascii: ",")) else { throw failure("expected `,` or `}`, found \(found)") }
    }
  }

  // MARK: Bytes

  @inline(__always)
  var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  @inline(__always)
  mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): offset += 1
      default: return
      }
    }
  }

  func failure(_ message: String, at place: Int? = nil) -> JSONError {
    JSONError(message, at: place ?? offset, in: bytes)
  }

  private var tooDeep: JSONError { failure("nested deeper than \(ValueLimits.maximumDepth) levels") }

  /// What stands at the offset, for a message.
  var found: String {
    guard offset < bytes.count else { return "the end" }
    let longestScalar = 4
    let scalar = String(decoding: bytes[offset...].prefix(longestScalar), as: UTF8.self).unicodeScalars.first
    return scalar.map { "`\(TextExcerpt.beginning(of: String($0)))`" } ?? "the end"
  }
}
