/// Writes formatted text: breaks the lines of the groups that do not fit.
///
/// A group stays on one line when it and what follows up to the next possible break fit ``maximumColumn``, and when
/// nothing in it forces a new line. The decisions depend on the operations alone, never on how the source was laid out.
struct FormatLayout {
  /// Longer lines are broken where they can be.
  static let maximumColumn = 100
  /// The spaces of one level.
  static let indentWidth = 4

  private enum Gap: Int {
    case none, commentSpace, space, newLine, blankLine
  }

  private let tree: SyntaxTree
  private let operations: [FormatOperation]
  private let measure: FormatMeasure
  private var output: [UInt8] = []
  private var column = 0
  private var level = 0
  private var gap = Gap.none
  private var brokenGroups: [Bool] = [true]
  private var isAfterOpening = false
  /// Whether only comments on its line were written since the last opening bracket.
  private var isBesideOpening = false

  private init(_ operations: [FormatOperation], _ tree: SyntaxTree) {
    self.tree = tree
    self.operations = operations
    measure = FormatMeasure(operations, tree)
    output.reserveCapacity(tree.source.bytes.count + tree.source.bytes.count / 4)
  }

  /// The text that operations describe; it ends with a line feed unless it is empty.
  static func write(_ operations: [FormatOperation], _ tree: SyntaxTree) -> [UInt8] {
    var layout = FormatLayout(operations, tree)
    for index in operations.indices { layout.perform(index) }
    if !layout.output.isEmpty { layout.output.append(UInt8(ascii: "\n")) }
    return layout.output
  }

  private mutating func perform(_ index: Int) {
    let isBroken = brokenGroups.last ?? true
    switch operations[index] {
    case .token(let token): writeToken(token)
    case .comment(let comment):
      // A comment beside an opening bracket belongs to it: no empty line follows.
      let staysBeside = isBesideOpening && gap.rawValue < Gap.newLine.rawValue
      write(tree.source.bytes[FormatMeasure.range(ofComment: comment, tree)], closes: false)
      isAfterOpening = false
      isBesideOpening = staysBeside
    case .text(let text): write(text)
    case .space: widen(.space)
    case .commentSpace: widen(.commentSpace)
    case .line: widen(isBroken ? .newLine : .space)
    case .softLine: if isBroken { widen(.newLine) }
    case .hardLine: widen(.newLine)
    case .blankLine: widen(.blankLine)
    case .trailingComma: if isBroken { write(",") }
    case .begin: brokenGroups.append(isBroken && !measure.fits(groupAt: index, column: nextColumn))
    case .end: brokenGroups.removeLast()
    case .indent: level += 1
    case .dedent: level -= 1
    }
  }

  private var nextColumn: Int {
    switch gap {
    case .none: column
    case .commentSpace, .space: column + 1
    case .newLine, .blankLine: level * Self.indentWidth
    }
  }

  private mutating func widen(_ wider: Gap) {
    if wider.rawValue > gap.rawValue { gap = wider }
  }

  private mutating func writeToken(_ index: Int) {
    let token = tree.tokens[index]
    let closes: Bool
    switch token.kind {
    case .rightBrace, .rightBracket, .rightParenthesis: closes = true
    default: closes = false
    }
    write(tree.source.bytes[Int(token.start)..<Int(token.end)], closes: closes)
    switch token.kind {
    case .leftBrace, .leftBracket, .leftParenthesis: isAfterOpening = true
    default: isAfterOpening = false
    }
    isBesideOpening = isAfterOpening
  }

  private mutating func write(_ text: StaticString) {
    if gap == .commentSpace { gap = .none }
    text.withUTF8Buffer { write(Array($0)[...], closes: false) }
    isAfterOpening = false
    isBesideOpening = false
  }

  private mutating func write(_ bytes: ArraySlice<UInt8>, closes: Bool) {
    writeGap(closes: closes)
    output.append(contentsOf: bytes)
    if let lineFeed = bytes.lastIndex(of: UInt8(ascii: "\n")) {
      column = FormatMeasure.width(bytes[(lineFeed + 1)...])
    } else {
      column += FormatMeasure.width(bytes)
    }
  }

  private mutating func writeGap(closes: Bool) {
    defer { gap = .none }
    guard !output.isEmpty else { return }
    switch gap {
    case .none: break
    case .commentSpace where closes || isAfterOpening: break
    case .commentSpace, .space:
      output.append(UInt8(ascii: " "))
      column += 1
    case .newLine, .blankLine:
      let count = gap == .blankLine && !closes && !isBesideOpening ? 2 : 1
      output.append(contentsOf: repeatElement(UInt8(ascii: "\n"), count: count))
      column = level * Self.indentWidth
      output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: column))
    }
  }
}
