/// Shows diagnostics to people: the place, the message, the line with what is wrong underlined, and what to do.
///
/// ```
/// incident.symbi:12:9: error[E0206]: expected an expression, found `;`
///    12 |     let x = ;
///       |             ^
///       = help: …
/// ```
public enum DiagnosticRenderer {
  /// At most this many diagnostics of a file are shown.
  public static let maximumCount = 100
  /// At most this many columns of a line are shown; of longer lines, those around the place.
  static let maximumLineWidth = 120

  /// Shows one diagnostic, without a line feed at its end.
  public static func render(_ diagnostic: Diagnostic, _ source: SourceText) -> String {
    let start = source.position(at: diagnostic.range.lowerBound)
    let excerpt = SourceExcerpt(source, diagnostic.range)
    let number = String(start.line)
    let margin = String(repeating: " ", count: max(numberWidth, number.count))
    let place = "\(printable(source.name)):\(start.line):\(start.column)"
    var lines = [
      "\(place): \(diagnostic.severity.rawValue)[\(diagnostic.code)]: \(printable(diagnostic.message))",
      "\(margin.dropFirst(number.count))\(number) | \(excerpt.text)",
      "\(margin) | \(String(repeating: " ", count: excerpt.indent))\(String(repeating: "^", count: excerpt.width))",
    ]
    if let lastLine = excerpt.continuation { lines.append("\(margin) = it goes on to line \(lastLine)") }
    if let suggestion = diagnostic.suggestion { lines.append("\(margin) = help: \(printable(suggestion))") }
    return lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
  }

  /// Shows the diagnostics of a file in the order of their positions, at most ``maximumCount``, and how many there are.
  public static func render(_ diagnostics: [Diagnostic], _ source: SourceText) -> String {
    let sorted = diagnostics.sortedByPosition()
    var parts = sorted.prefix(maximumCount).map { render($0, source) }
    if sorted.count > maximumCount { parts.append("… and \(sorted.count - maximumCount) more") }
    return parts.joined(separator: "\n\n")
  }

  /// Line numbers are set flush right in this many columns.
  private static let numberWidth = 5

  /// A text in one line: control characters, line feeds and invisible characters are written as escapes.
  static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars { result += SourceExcerpt.shown(scalar) }
    return result
  }
}
