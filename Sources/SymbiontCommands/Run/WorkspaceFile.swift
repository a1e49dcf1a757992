import SymbiontSandbox

/// A file that is copied into the agent's workspace before it is called: `PATH`, or `NAME=PATH`.
struct WorkspaceFile: Sendable {
  /// Its name in the workspace.
  let name: String
  /// Its path on this machine.
  let path: String

  init(_ argument: String) {
    if let separator = argument.firstIndex(of: "="), separator != argument.startIndex {
      name = String(argument[..<separator])
      path = String(argument[argument.index(after: separator)...])
    } else {
      path = argument
      name = argument.split(separator: "/").last.map(String.init) ?? argument
    }
  }

  /// Reads the file, up to what a workspace takes.
  func read() throws(CommandFailure) -> [UInt8] {
    let maximum = WorkspaceFiles.Limits().fileBytes
    return try BoundedFile.read(path, maximum: maximum) {
      CommandFailure(
        .fileTooLarge, "`\(path)` has more than \(maximum) bytes, the most that one workspace file may have",
        hint: "split it, for example with `split -b 16m`")
    }
  }
}
