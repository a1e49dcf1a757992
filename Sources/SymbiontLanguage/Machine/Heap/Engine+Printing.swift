extension Engine {
  /// How values that JSON does not have are printed.
  ///
  /// Secrets are printed as their reference in any case.
  enum PrintStyle {
    /// For people and for messages: everything has a text.
    case display
    /// Strictly JSON: functions and floats that are not finite are refused.
    case json
  }

  /// A container that is being printed.
  private struct Printing {
    let cell: Cell
    let count: Int
    var position = 0
  }

  /// The text of a value: strings as they are, containers as compact JSON.
  func printed(_ register: UnsafePointer<Cell>, limit: Int) throws(Thrown) -> [UInt8] {
    let cell = register.pointee
    if cell.isString {
      var content = Array(bytes(cell).prefix(limit))
      if content.count < HeapObject.count(textObject(cell.bits)[0]) {
        while let last = content.last, last & 0x80 != 0 { content.removeLast() }
      }
      return content
    }
    if cell.tag == Tag.secret { return Array(SecretReference(path: text(cell)).description.utf8) }
    return try json(cell, style: .display)
  }

  /// Compact JSON.
  ///
  /// - Throws: `LimitExceeded` when it is longer than a string may be or nested too deep; with ``PrintStyle/json``
  ///   `TypeError` for what JSON cannot express.
  func json(_ root: Cell, style: PrintStyle) throws(Thrown) -> [UInt8] {
    var output: [UInt8] = []
    guard root.isArray || root.isRecord else {
      try printLeaf(root, style, &output)
      return output
    }
    var open: [Printing] = []
    try printBegin(root, &open, &output)
    while let last = open.indices.last {
      let container = open[last].cell
      let position = open[last].position
      guard position < open[last].count else {
        output.append(container.isRecord ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        open.removeLast()
        continue
      }
      open[last].position += 1
      if position > 0 { output.append(UInt8(ascii: ",")) }
      let child: Cell
      if container.isRecord {
        let words = fields(container).words
        Self.printQuoted(bytes(Cell(string: words[position * HeapObject.fieldWords])), &output)
        output.append(UInt8(ascii: ":"))
        child = Self.value(words, at: position)
      } else {
        child = elements(container)[position]
      }
      if child.isArray || child.isRecord {
        try printBegin(child, &open, &output)
      } else {
        try printLeaf(child, style, &output)
      }
      try checkTextLength(output.count)
    }
    try spend(output.count / HeapObject.wordBytes)
    return output
  }

  private func printBegin(_ cell: Cell, _ open: inout [Printing], _ output: inout [UInt8]) throws(Thrown) {
    guard open.count < state.pointee.limits.valueDepth else {
      throw raise(
        .limitExceeded, "the value is nested deeper than `\(state.pointee.limits.valueDepth)` levels; make it flatter")
    }
    output.append(cell.isRecord ? UInt8(ascii: "{") : UInt8(ascii: "["))
    open.append(Printing(cell: cell, count: HeapObject.count(object(cell.bits)[0])))
  }

  private func printLeaf(_ cell: Cell, _ style: PrintStyle, _ output: inout [UInt8]) throws(Thrown) {
    switch cell.tag {
    case Tag.int: output += NumberText.print(cell.int).utf8
    case Tag.float:
      if style == .json, !cell.float.isFinite {
        throw raise(.typeError, "JSON cannot express the float `\(NumberText.print(cell.float))`")
      }
      output += NumberText.print(cell.float).utf8
    case Tag.bool: output += (cell.bits != 0 ? "true" : "false").utf8
    case Tag.null: output += "null".utf8
    case Tag.string: Self.printQuoted(bytes(cell), &output)
    case Tag.secret:
      let reference = SecretReference(path: text(cell)).description
      Array(reference.utf8).withUnsafeBufferPointer { Self.printQuoted($0, &output) }
    case Tag.closure where style == .display: output += "function".utf8
    default: throw raise(.typeError, "JSON cannot express a `\(cell.typeName)`; convert it first")
    }
  }

  private static func printQuoted(_ content: UnsafeBufferPointer<UInt8>, _ output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in content {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case UInt8(ascii: "\n"): output += "\\n".utf8
      case UInt8(ascii: "\r"): output += "\\r".utf8
      case UInt8(ascii: "\t"): output += "\\t".utf8
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        output += "\\u00".utf8
        output.append(digits[Int(byte >> 4)])
        output.append(digits[Int(byte & 0xF)])
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
