import SymbiontLanguage

/// Shows an error of a running program like a diagnostic: with its line, underlined.
enum ErrorExcerpt {
  /// The error with its place, where it has one.
  static func render(_ error: ProgramError, _ source: SourceText) -> String {
    guard let position = error.position, Int(position.offset) < source.bytes.count else {
      return
        "error[\(TerminalText.printable(error.kind))]: \(TerminalText.printable(error.message, keepingLines: true))"
    }
    let range = position.offset..<end(of: position.offset, source)
    return DiagnosticRenderer.render(Diagnostic(.error, code: error.kind, error.message, at: range), source)
  }

  /// The end of the word that begins at an offset; one character when none does.
  private static func end(of offset: UInt32, _ source: SourceText) -> UInt32 {
    let word = source.bytes[Int(offset)...].prefix { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return offset + UInt32(max(1, word.count))
  }
}
