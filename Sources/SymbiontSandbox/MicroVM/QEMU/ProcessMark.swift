import SymbiontSystem

/// A process and the moment it started, which together are never given to another process of the same boot.
struct ProcessMark: Sendable, Hashable {
  /// The process id.
  var processID: Int32
  /// When it started, in ticks since the machine was started.
  var startTicks: UInt64

  /// The field of `/proc/PID/stat` after the command's name that holds the start; see `proc(5)`.
  private static let startField = 19

  init(processID: Int32, startTicks: UInt64) {
    self.processID = processID
    self.startTicks = startTicks
  }

  /// Reads the text of a file that ``text`` was written to.
  init?(text: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let processID = Int32(words[0]), processID > 0, let ticks = UInt64(words[1]) else {
      return nil
    }
    self.init(processID: processID, startTicks: ticks)
  }

  /// The mark of a process that exists.
  static func current(of processID: Int32) -> ProcessMark? {
    startTicks(inStatus: KernelFile.text("/proc/\(processID)/stat")).map {
      ProcessMark(processID: processID, startTicks: $0)
    }
  }

  /// Finds the start in a process's status; the name before it may hold blanks and parentheses.
  static func startTicks(inStatus text: String) -> UInt64? {
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > startField else { return nil }
    return UInt64(fields[startField])
  }

  /// What is written to a file.
  var text: String { "\(processID) \(startTicks)\n" }
  /// Whether the process exists still.
  var isAlive: Bool { Self.current(of: processID) == self }
}
