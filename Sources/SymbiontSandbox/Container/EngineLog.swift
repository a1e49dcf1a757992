import FoundationEssentials
import SymbiontCore
import SymbiontSystem

/// What runc wrote to its log file.
///
/// A command cannot write there, so unlike the exit code and the error output it tells an engine's failure from a
/// program's.
struct EngineLog: Sendable {
  private struct Entry: Decodable {
    var level: String
    var msg: String
  }

  /// The last error in the log; nil when there is none.
  let failure: String?

  private static let maximumBytes = 262_144

  /// Reads the text of a log: one JSON object a line.
  ///
  /// Lines that are none are passed over.
  init(text: String) {
    let decoder = JSONDecoder()
    failure =
      text.utf8.split(separator: UInt8(ascii: "\n"))
      .compactMap { try? decoder.decode(Entry.self, from: Data($0)) }
      .last { $0.level == "error" || $0.level == "fatal" }?.msg
  }

  /// Reads a log file.
  ///
  /// One that is missing has no errors.
  init(path: String) {
    guard let data = KernelFile.bytes(path) else {
      self.init(text: "")
      return
    }
    self.init(text: String(decoding: data.suffix(Self.maximumBytes), as: UTF8.self))
  }

  /// The error to throw for a container that did not start.
  func error(starting program: String) -> SandboxError {
    guard let failure else { return .startFailed(reason: "the engine ended early and gave no reason") }
    let notFound = ["executable file not found in $PATH", "no such file or directory"]
    if failure.contains("exec: \"\(program)\":"), notFound.contains(where: failure.hasSuffix) {
      return .commandNotFound(command: program)
    }
    if failure.contains("exec: \"\(program)\":"), failure.hasSuffix("permission denied") {
      return .commandInvalid(reason: "`\(program)` is not an executable file")
    }
    return .startFailed(reason: failure)
  }
}
