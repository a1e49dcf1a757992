/// The process that owns a data directory, as its lock file tells.
public struct StoreOwner: Sendable, Equatable, CustomStringConvertible {
  /// The process, as numbered in its own process namespace.
  public let processIdentifier: Int32
  /// When it took the directory, in seconds since 1970 (UTC).
  public let startedAt: Int64

  /// The words for a message.
  public var description: String { "process `\(processIdentifier)`, which started at `\(startedAt)`" }

  /// The lock file is one line of text: `pid 4711 since 1760000000`.
  init?(line: String) {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count == 4, words[0] == "pid", words[2] == "since", let process = Int32(words[1]),
      let start = Int64(words[3])
    else { return nil }
    self.init(processIdentifier: process, startedAt: start)
  }

  init(processIdentifier: Int32, startedAt: Int64) {
    self.processIdentifier = processIdentifier
    self.startedAt = startedAt
  }

  var line: String { "pid \(processIdentifier) since \(startedAt)\n" }
}
