/// How wide the groups of operations are when they stay on one line.
struct FormatMeasure {
  /// The width of everything before an operation, on one line.
  private var positions: [Int] = []
  /// How many operations before an operation force a new line.
  private var forcedCounts: [Int] = []
  /// For the beginning of a group: the index of its end.
  private var groupEnds: [Int: Int] = [:]
  /// The width from an operation to the next possible break.
  private var widthsToBreak: [Int] = []

  init(_ operations: [FormatOperation], _ tree: SyntaxTree) {
    positions.reserveCapacity(operations.count + 1)
    forcedCounts.reserveCapacity(operations.count + 1)
    var position = 0
    var forced = 0
    var open: [Int] = []
    for (index, operation) in operations.enumerated() {
      positions.append(position)
      forcedCounts.append(forced)
      switch operation {
      case .token(let token):
        position += Self.firstLineWidth(tree.source.bytes[Int(tree.tokens[token].start)..<Int(tree.tokens[token].end)])
      case .comment(let comment):
        position += Self.firstLineWidth(tree.source.bytes[Self.range(ofComment: comment, tree)])
      case .text(let text): position += text.utf8CodeUnitCount
      case .space, .commentSpace, .line, .trailingComma: position += 1
      case .hardLine, .blankLine: forced += 1
      case .begin: open.append(index)
      case .end: if let begin = open.popLast() { groupEnds[begin] = index }
      case .softLine, .indent, .dedent: break
      }
    }
    positions.append(position)
    forcedCounts.append(forced)
    measureBreaks(operations)
  }

  private mutating func measureBreaks(_ operations: [FormatOperation]) {
    widthsToBreak = Array(repeating: 0, count: operations.count + 1)
    var breakPosition = positions[operations.count]
    for index in operations.indices.reversed() {
      switch operations[index] {
      case .line, .softLine, .hardLine, .blankLine: breakPosition = positions[index]
      default: break
      }
      widthsToBreak[index] = breakPosition - positions[index]
    }
  }

  /// Whether the group that begins at an operation fits on the line from a column on.
  func fits(groupAt begin: Int, column: Int) -> Bool {
    guard let end = groupEnds[begin], forcedCounts[end] == forcedCounts[begin] else { return false }
    return column + positions[end] - positions[begin] + widthsToBreak[end] <= FormatLayout.maximumColumn
  }

  /// The bytes of a comment without the white space at its end.
  static func range(ofComment index: Int, _ tree: SyntaxTree) -> Range<Int> {
    let range = tree.comments[index].range
    var end = Int(range.upperBound)
    while end > Int(range.lowerBound), isSpace(tree.source.bytes[end - 1]) { end -= 1 }
    return Int(range.lowerBound)..<end
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  /// The width of a text in Unicode scalars.
  static func width(_ bytes: ArraySlice<UInt8>) -> Int {
    var width = 0
    for byte in bytes where byte & 0xC0 != 0x80 { width += 1 }
    return width
  }

  private static func firstLineWidth(_ bytes: ArraySlice<UInt8>) -> Int {
    width(bytes.prefix { $0 != UInt8(ascii: "\n") })
  }
}
