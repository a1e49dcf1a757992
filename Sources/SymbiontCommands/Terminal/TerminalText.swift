import SymbiontLanguage

/// Makes texts of agents and files fit to be shown in a terminal.
enum TerminalText {
  /// A text in which nothing steers the terminal: control and invisible characters are written as escapes.
  static func printable(_ text: String, keepingLines: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control where keepingLines && scalar == "\n": result.unicodeScalars.append(scalar)
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// At most so many characters of a text, with `…` at the end when some were left out.
  static func shortened(_ text: String, to count: Int) -> String {
    // The bytes bound the characters: most texts need not be counted.
    guard text.utf8.count > count, text.count > count else { return text }
    return text.prefix(max(0, count - 1)) + "…"
  }

  /// Characters of one argument that are shown.
  private static let argumentCharacters = 48

  /// The arguments of an effect in short: `"awk", "{print $7}", timeout: 5`.
  static func arguments(_ arguments: [Value], _ options: Record) -> String {
    let positional = arguments.map { short($0) }
    let named = options.map { "\($0.key): \(short($0.value))" }
    return (positional + named).joined(separator: ", ")
  }

  /// A value in short, as JSON.
  static func short(_ value: Value) -> String {
    guard case .string(let whole) = value else {
      return printable(shortened(value.description, to: argumentCharacters))
    }
    // A text is cut before it is written as JSON: it may have megabytes.
    let text = shortened(whole, to: argumentCharacters)
    return printable((try? ValueJSON.print(.string(text))) ?? text)
  }

  /// A duration as people read it: `340 µs`, `23 ms`, `1.25 s`, `2 min 3 s`.
  static func duration(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds.multipliedReportingOverflow(by: 1_000_000).partialValue + attoseconds / 1_000_000_000_000
    switch microseconds {
    case ..<1_000: return "\(max(0, microseconds)) µs"
    case ..<1_000_000: return "\(microseconds / 1_000) ms"
    case ..<60_000_000:
      let hundredths = microseconds / 10_000
      let fraction = hundredths % 100
      return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) s"
    default: return "\(seconds / 60) min \(seconds % 60) s"
    }
  }
}
