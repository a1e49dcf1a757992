import Glibc

/// What standard error is connected to.
struct Terminal: Sendable {
  /// Whether a person watches, so that lines may be drawn again.
  var isInteractive: Bool
  /// How many columns a line has.
  var columns: Int
  /// Whether colours are welcome.
  var usesColor: Bool

  private static let defaultColumns = 100
  private static let columnBounds = 40...500

  /// Standard error of this process.
  static func current() -> Terminal {
    let isTerminal = isatty(STDERR_FILENO) == 1
    let isCapable = getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
    var size = winsize()
    let isKnown = isTerminal && ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    let columns = isKnown ? Int(size.ws_col) : defaultColumns
    return Terminal(
      isInteractive: isTerminal && isCapable,
      columns: min(max(columns, columnBounds.lowerBound), columnBounds.upperBound),
      usesColor: isTerminal && isCapable && getenv("NO_COLOR") == nil)
  }

  /// A text in a colour, where colours are welcome.
  func colored(_ text: String, _ color: Color) -> String {
    usesColor ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// The colours in use, by their numbers in ECMA-48.
  enum Color: Int, Sendable {
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
  }
}
