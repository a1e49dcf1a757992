import SymbiontCore
import Synchronization

/// The last lines that a sandbox, its guest and its engine had to say.
final class SandboxLog: Sendable {
  /// How many lines are kept.
  static let maximumLines = 1_000
  /// The UTF-8 bytes of a line that are kept.
  static let maximumLineBytes = 4_096

  fileprivate struct State {
    var lines: [SandboxLogLine] = []
    var dropped = 0
    /// Where the oldest line is, once there are as many as are kept.
    var start = 0
  }

  private let state = Mutex(State())

  init() {}

  /// Adds the lines of a text.
  func add(_ source: SandboxLogLine.Source, _ text: some StringProtocol, at time: Timestamp = .now()) {
    for line in text.split(whereSeparator: \.isNewline) {
      let kept = line.utf8.count > Self.maximumLineBytes ? "\(line.prefix(Self.maximumLineBytes / 4))…" : String(line)
      state.withLock { $0.add(SandboxLogLine(time: time, source: source, text: kept)) }
    }
  }

  /// The lines in their order.
  var lines: [SandboxLogLine] { state.withLock { Array($0.lines[$0.start...] + $0.lines[..<$0.start]) } }
  /// How many older lines were dropped.
  var dropped: Int { state.withLock { $0.dropped } }
}

extension SandboxLog.State {
  fileprivate mutating func add(_ line: SandboxLogLine) {
    guard lines.count == SandboxLog.maximumLines else { return lines.append(line) }
    lines[start] = line
    start = (start + 1) % SandboxLog.maximumLines
    dropped += 1
  }
}
