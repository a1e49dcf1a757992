/// Writes values as JSON into one buffer.
struct JSONPrinter {
  /// What becomes of a value that JSON cannot express.
  enum Unprintable {
    /// An error.
    case refused
    /// A word that is not JSON, for people: `nan`, `function`.
    case described
  }

  private(set) var bytes: [UInt8] = []
  private let style: ValueJSON.Style
  private let unprintable: Unprintable

  init(style: ValueJSON.Style, unprintable: Unprintable) {
    self.style = style
    self.unprintable = unprintable
  }

  mutating func append(_ value: Value, depth: Int = 0) throws(JSONPrintingError) {
    switch value {
    case .null: append(word: "null")
    case .bool(let value): append(word: value ? "true" : "false")
    case .int(let value): append(word: NumberText.print(value))
    case .float(let value):
      if !value.isFinite, unprintable == .refused { throw JSONPrintingError(.notFinite) }
      append(word: NumberText.print(value))
    case .string(let text): append(string: text)
    case .secret(let reference): append(string: reference.description)
    case .array(let elements): try append(elements: elements, depth: depth + 1)
    case .record(let record): try append(record: record, depth: depth + 1)
    case .function:
      if unprintable == .refused { throw JSONPrintingError(.function) }
      append(word: value.typeName)
    }
  }

  private mutating func append(elements: [Value], depth: Int) throws(JSONPrintingError) {
    guard try canDescend(to: depth) else { return }
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      appendLineBreak(depth: depth)
      do throws(JSONPrintingError) {
        try append(element, depth: depth)
      } catch {
        throw error.within(index: index)
      }
    }
    if !elements.isEmpty { appendLineBreak(depth: depth - 1) }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func append(record: Record, depth: Int) throws(JSONPrintingError) {
    guard try canDescend(to: depth) else { return }
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for field in record {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      appendLineBreak(depth: depth)
      append(string: field.key)
      bytes.append(UInt8(ascii: ":"))
      if style == .pretty { bytes.append(UInt8(ascii: " ")) }
      do throws(JSONPrintingError) {
        try append(field.value, depth: depth)
      } catch {
        throw error.within(field: field.key)
      }
    }
    if !record.isEmpty { appendLineBreak(depth: depth - 1) }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func canDescend(to depth: Int) throws(JSONPrintingError) -> Bool {
    if depth <= ValueLimits.maximumDepth { return true }
    if unprintable == .refused { throw JSONPrintingError(.tooDeep) }
    append(word: "…")
    return false
  }

  private mutating func appendLineBreak(depth: Int) {
    guard style == .pretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { append(word: "  ") }
  }

  private mutating func append(word: String) {
    bytes.append(contentsOf: word.utf8)
  }

  private mutating func append(string text: String) {
    bytes.append(UInt8(ascii: "\""))
    if Self.needsEscape(text) {
      for byte in text.utf8 { append(escaped: byte) }
    } else {
      bytes.append(contentsOf: text.utf8)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ text: String) -> Bool {
    let content = text.utf8Span.span
    for index in content.indices {
      let byte = content[index]
      if byte < firstPrintable || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return true }
    }
    return false
  }

  private mutating func append(escaped byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append(word: "\\\"")
    case UInt8(ascii: "\\"): append(word: "\\\\")
    case UInt8(ascii: "\n"): append(word: "\\n")
    case UInt8(ascii: "\r"): append(word: "\\r")
    case UInt8(ascii: "\t"): append(word: "\\t")
    case 0x08: append(word: "\\b")
    case 0x0C: append(word: "\\f")
    case 0..<Self.firstPrintable:
      append(word: "\\u00")
      bytes.append(HexText.digit(byte >> 4))
      bytes.append(HexText.digit(byte & 0xF))
    default: bytes.append(byte)
    }
  }

  /// The first byte that is not a control character.
  private static let firstPrintable: UInt8 = 0x20
}
