/// The line of a diagnostic as it is shown: tabs widened, invisible characters written as escapes, and a long line cut to
/// what lies around the place.
struct SourceExcerpt {
  /// The shown part of the line.
  private(set) var text = ""
  /// The columns before the underline.
  private(set) var indent = 0
  /// The columns of the underline, at least one.
  private(set) var width = 1
  /// The last line of a range that spans lines.
  let continuation: Int?

  /// One character of the line.
  private struct Cell {
    let offset: Int
    let text: String
    let width: Int
  }

  init(_ source: SourceText, _ range: Range<UInt32>) {
    let start = source.position(at: range.lowerBound)
    // A range that ends with a line feed does not reach into the next line.
    let last = source.position(at: max(range.lowerBound, range.upperBound == 0 ? 0 : range.upperBound - 1))
    continuation = last.line > start.line ? last.line : nil
    let lineStart = Int(source.lineStarts[start.line - 1])
    let lineEnd = Self.end(ofLine: start.line, source)
    let lower = min(Int(start.offset), lineEnd)
    let upper = max(lower, min(Int(range.upperBound), lineEnd))
    // A scalar takes up to four bytes; more than the window on each side is never shown.
    let reach = DiagnosticRenderer.maximumLineWidth * 4
    let cells = Self.cells(source.bytes, from: max(lineStart, lower - reach), to: min(lineEnd, lower + reach))
    show(cells, lower..<upper, isCutBefore: lower - reach > lineStart, isCutAfter: lower + reach < lineEnd)
  }

  private mutating func show(_ cells: [Cell], _ marked: Range<Int>, isCutBefore: Bool, isCutAfter: Bool) {
    let maximum = DiagnosticRenderer.maximumLineWidth
    let place = cells.firstIndex { $0.offset >= marked.lowerBound } ?? cells.endIndex
    var first = 0
    if isCutBefore || cells.reduce(0, { $0 + $1.width }) > maximum {
      var before = 0
      first = place
      while first > 0, before + cells[first - 1].width <= maximum / 2 {
        first -= 1
        before += cells[first].width
      }
    }
    let isCut = first > 0 || isCutBefore
    text = isCut ? "…" : ""
    var column = isCut ? 1 : 0
    var markedWidth = 0
    indent = column
    var isEndCut = isCutAfter
    for (index, cell) in cells.enumerated() where index >= first {
      if column + cell.width > maximum {
        isEndCut = true
        break
      }
      text += cell.text
      column += cell.width
      if cell.offset < marked.lowerBound {
        indent = column
      } else if cell.offset < marked.upperBound {
        markedWidth += cell.width
      }
    }
    if isEndCut { text += "…" }
    width = max(1, markedWidth)
  }

  /// The offset after a line's last character; a carriage return belongs to the line's end.
  private static func end(ofLine line: Int, _ source: SourceText) -> Int {
    guard line < source.lineStarts.count else { return source.bytes.count }
    let lineFeed = Int(source.lineStarts[line]) - 1
    let hasReturn = lineFeed > Int(source.lineStarts[line - 1]) && source.bytes[lineFeed - 1] == UInt8(ascii: "\r")
    return hasReturn ? lineFeed - 1 : lineFeed
  }

  private static func cells(_ bytes: [UInt8], from start: Int, to end: Int) -> [Cell] {
    var cells: [Cell] = []
    var column = 0
    var offset = start
    // The window may begin within a scalar.
    while offset < end, bytes[offset] & 0xC0 == 0x80, offset > 0, offset - start < 4 { offset += 1 }
    while offset < end {
      let length = bytes[offset] < 0x80 ? 1 : TextEncoding.sequenceLength(in: bytes, at: offset)
      guard length > 0,
        let scalar = String(decoding: bytes[offset..<offset + length], as: UTF8.self).unicodeScalars.first
      else {
        cells.append(Cell(offset: offset, text: "\u{FFFD}", width: 1))
        column += 1
        offset += 1
        continue
      }
      let text = scalar == "\t" ? String(repeating: " ", count: tabWidth - column % tabWidth) : shown(scalar)
      let width = text.unicodeScalars.count == 1 ? displayWidth(scalar) : text.unicodeScalars.count
      cells.append(Cell(offset: offset, text: text, width: width))
      column += width
      offset += length
    }
    return cells
  }

  /// Tabs are shown as spaces up to the next multiple of this.
  private static let tabWidth = 4

  /// A character as it is shown: what cannot be seen, or turns the direction of the text, is an escape.
  static func shown(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    default: String(Character(scalar))
    }
  }

  /// The columns a character takes on a terminal: none for marks, two for wide East Asian characters and emoji.
  private static func displayWidth(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
