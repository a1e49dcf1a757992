/// The words that are no identifiers, found by their bytes packed into one integer: all have at most eight.
struct ReservedWords {
  /// The longest reserved word, `continue`.
  static let maximumLength = 8

  private let byLength: [[(packed: UInt64, kind: TokenKind)]]

  init() {
    var table: [[(packed: UInt64, kind: TokenKind)]] = Array(repeating: [], count: Self.maximumLength + 1)
    for kind in TokenKind.allCases {
      guard let word = kind.reservedWord else { continue }
      let packed = word.utf8.reduce(0) { $0 << 8 | UInt64($1) }
      table[word.utf8.count].append((packed, kind))
    }
    byLength = table
  }

  /// The kind of a word of at most ``maximumLength`` bytes.
  func kind(packed: UInt64, length: Int) -> TokenKind {
    for entry in byLength[length] where entry.packed == packed { return entry.kind }
    return .identifier
  }
}
