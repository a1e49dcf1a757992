import Synchronization

/// Writes progress to standard error: on a terminal the open effects are drawn again below the finished ones, elsewhere
/// each finished effect is a line of a log.
final class ProgressDisplay: Sendable {
  private struct Drawing {
    var drawnCount = 0
    var open: [ProgressLine] = []
  }

  private let terminal: Terminal
  private let isQuiet: Bool
  private let write: @Sendable (String) -> Void
  private let drawing = Mutex(Drawing())

  /// Open effects that are drawn; more are only counted.
  private static let maximumOpen = 8

  /// - Parameters:
  ///   - isQuiet: Whether to show notes only.
  ///   - write: Takes what is to be shown.
  init(
    terminal: Terminal, isQuiet: Bool,
    write: @escaping @Sendable (String) -> Void = { StandardStream.errors.write($0) }
  ) {
    self.terminal = terminal
    self.isQuiet = isQuiet
    self.write = write
  }

  /// Shows finished lines, and what is open now.
  func show(_ lines: [ProgressLine], open: [ProgressLine]) {
    guard !isQuiet else { return }
    drawing.withLock { drawing in
      guard !lines.isEmpty || drawing.open != open else { return }
      drawing.open = open
      guard terminal.isInteractive else {
        if !lines.isEmpty { write(lines.map { $0.plain + "\n" }.joined()) }
        return
      }
      redraw(&drawing, above: lines.map { $0.drawn(on: terminal) })
    }
  }

  /// Shows a text above what is open, whether or not the display is quiet.
  func note(_ text: String) {
    drawing.withLock { drawing in redraw(&drawing, above: text.isEmpty ? [] : [text]) }
  }

  /// Takes what is open off the terminal, for good.
  func finish() {
    drawing.withLock { drawing in
      drawing.open = []
      redraw(&drawing, above: [])
    }
  }

  private func redraw(_ drawing: inout Drawing, above lines: [String]) {
    var text = ""
    if drawing.drawnCount > 0 { text += "\u{1B}[\(drawing.drawnCount)A\r\u{1B}[J" }
    text += lines.map { $0 + "\n" }.joined()
    drawing.drawnCount = 0
    if terminal.isInteractive, !isQuiet {
      var shown = drawing.open.prefix(Self.maximumOpen).map { $0.drawn(on: terminal) }
      if drawing.open.count > shown.count { shown.append("  … and \(drawing.open.count - shown.count) more") }
      text += shown.map { $0 + "\n" }.joined()
      drawing.drawnCount = shown.count
    }
    if !text.isEmpty { write(text) }
  }
}
