import SymbiontCore
import SymbiontLanguage
import Testing

@testable import SymbiontCommands

@Suite("The progress of executions")
struct ProgressStateTests {
  private var state = ProgressState()
  private let root = ExecutionID()
  private let child = ExecutionID()
  private let start = ContinuousClock.now

  private static func request(_ effect: Effect, _ arguments: [Value] = [], _ options: Record = [:]) -> EffectRequest {
    EffectRequest(
      effect: effect, arguments: arguments, options: options, position: SourcePosition(offset: 0, line: 1, column: 1))
  }

  @Test("gives a line for a finished effect with its name, its arguments and its duration")
  mutating func finished() {
    #expect(state.introduce(root, parent: nil, agent: "main", isBranch: false)?.text == "main")
    state.started(
      root, sequence: 0, request: Self.request(.remember, ["k", 1]), operation: "memory_write", at: start)
    #expect(state.openLines.map(\.text) == ["remember \"k\", 1"])
    let line = state.finished(root, .value(.null), at: start + .milliseconds(5))
    #expect(line?.plain == "  ok remember \"k\", 1 5 ms")
    #expect(state.openLines.isEmpty)
  }

  @Test("indents children, and names the error of an effect that failed")
  mutating func children() {
    _ = state.introduce(root, parent: nil, agent: "main", isBranch: false)
    #expect(state.introduce(child, parent: root, agent: "main", isBranch: true) == nil)
    state.started(child, sequence: 0, request: Self.request(.exec, ["rm"]), operation: "exec", at: start)
    let error = ProgramError(kind: "PolicyDenied", message: "no")
    #expect(state.finished(child, .failure(error), at: start)?.plain == "    failed exec \"rm\" PolicyDenied 0 µs")
  }

  @Test("knows when only a message can help")
  mutating func messages() {
    for (id, effect) in [(root, Effect.call), (child, .receive)] {
      _ = state.introduce(id, parent: nil, agent: "main", isBranch: false)
      state.started(id, sequence: 3, request: Self.request(effect), operation: "x", at: start)
      #expect(!state.waitsForMessagesOnly)
      state.waits(id, for: effect)
    }
    #expect(state.waitsForMessagesOnly)
    #expect(state.waitingSequence(child) == 3)
    _ = state.finished(child, .value(.null), at: start)
    #expect(!state.waitsForMessagesOnly)
    let timeout = Self.request(.receive, [], ["timeout": 5])
    state.started(child, sequence: 4, request: timeout, operation: "receive", at: start)
    state.waits(child, for: .receive)
    #expect(!state.waitsForMessagesOnly)
  }

  @Test("shows nothing of an argument that steers a terminal, and little of a long one")
  mutating func arguments() {
    let hostile = TerminalText.short("\u{1B}[2J\u{202E}\u{9B}x")
    #expect(hostile.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{202E}" && $0 != "\u{9B}" })
    #expect(TerminalText.short(.string(String(repeating: "a", count: 1 << 20))).count < 60)
  }
}
