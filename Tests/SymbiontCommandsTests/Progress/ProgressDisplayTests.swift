import Synchronization
import Testing

@testable import SymbiontCommands

@Suite("The progress display")
struct ProgressDisplayTests {
  /// Keeps what a display writes.
  private final class Screen: Sendable {
    private let written = Mutex("")
    var text: String { written.withLock { $0 } }
    func write(_ text: String) { written.withLock { $0 += text } }
  }

  private let screen = Screen()

  private func display(interactive: Bool, quiet: Bool = false) -> ProgressDisplay {
    ProgressDisplay(
      terminal: Terminal(isInteractive: interactive, columns: 40, usesColor: false), isQuiet: quiet,
      write: screen.write)
  }

  private static let running = ProgressLine(depth: 1, mark: .running, text: "exec \"awk\"")
  private static let done = ProgressLine(depth: 1, mark: .done, text: "exec \"awk\"", duration: .milliseconds(23))

  @Test("draws open effects again below the finished ones on a terminal")
  func redraws() {
    let display = display(interactive: true)
    display.show([], open: [Self.running])
    display.show([Self.done], open: [])
    display.finish()
    #expect(screen.text == "  … exec \"awk\"\n\u{1B}[1A\r\u{1B}[J  ✓ exec \"awk\"  23 ms\n")
  }

  @Test("writes a line for each finished effect elsewhere")
  func plain() {
    let display = display(interactive: false)
    display.show([], open: [Self.running])
    display.show([Self.done], open: [])
    display.note("a note")
    display.finish()
    #expect(screen.text == "  ok exec \"awk\" 23 ms\na note\n")
  }

  @Test("shows notes only when it is quiet")
  func quiet() {
    let display = display(interactive: true, quiet: true)
    display.show([Self.done], open: [Self.running])
    display.note("a note")
    #expect(screen.text == "a note\n")
  }

  @Test("cuts lines to the columns of the terminal, and counts open effects beyond its room")
  func bounds() {
    let long = ProgressLine(depth: 1, mark: .running, text: String(repeating: "x", count: 500))
    display(interactive: true).show([], open: Array(repeating: long, count: 12))
    let lines = screen.text.split(separator: "\n")
    #expect(lines.count == 9)
    #expect(lines.allSatisfy { $0.count < 40 })
    #expect(lines.last == "  … and 4 more")
  }
}
