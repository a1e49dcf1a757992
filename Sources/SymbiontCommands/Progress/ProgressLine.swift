/// One line of a progress display.
struct ProgressLine: Sendable, Hashable {
  /// How far it is.
  enum Mark: Sendable, Hashable {
    /// An execution begins; its effects follow, one level deeper.
    case begun
    case running
    case done
    case failed
  }

  var depth: Int
  var mark: Mark
  var text: String
  /// What came of it, for example an error's kind.
  var note: String?
  var duration: Duration?

  /// Levels that are shown; deeper ones are shown as the last.
  private static let maximumDepth = 8

  /// The line for a terminal of so many columns, in colour when it likes colours.
  func drawn(on terminal: Terminal) -> String {
    let symbol =
      switch mark {
      case .begun: terminal.colored("▸", .dim)
      case .running: terminal.colored("…", .yellow)
      case .done: terminal.colored("✓", .green)
      case .failed: terminal.colored("✗", .red)
      }
    let end = ending
    let room = terminal.columns - indent.count - 2 - (end.isEmpty ? 0 : end.count + 2) - 1
    let shown = TerminalText.shortened(text, to: max(8, room))
    return "\(indent)\(symbol) \(shown)"
      + (end.isEmpty ? "" : "  \(terminal.colored(end, mark == .failed ? .red : .dim))")
  }

  /// The line for a log, which nobody draws again.
  var plain: String {
    let word =
      switch mark {
      case .begun: "agent"
      case .running: "started"
      case .done: "ok"
      case .failed: "failed"
      }
    return ["\(indent)\(word)", text, ending].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private var indent: String { String(repeating: "  ", count: min(depth, Self.maximumDepth)) }

  private var ending: String {
    [note, duration.map { TerminalText.duration($0) }].compactMap { $0 }.joined(separator: " ")
  }
}
