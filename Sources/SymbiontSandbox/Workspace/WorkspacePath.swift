import SymbiontCore
import SymbiontSystem

/// A relative path inside a workspace, checked as far as that is possible without looking at files.
///
/// Links are checked by the kernel when the path is opened.
struct WorkspacePath: Sendable, Hashable {
  /// The path as the caller gave it, for errors.
  let text: String
  /// The names on the way; empty for the workspace itself.
  let components: [String]

  private static let maximumBytes = 4_095
  private static let maximumNameBytes = 255

  init(_ text: String) throws(SandboxError) {
    guard !text.isEmpty else { throw .pathInvalid(path: text, reason: "it is empty: use `.` for the workspace itself") }
    guard text.utf8.count <= Self.maximumBytes else {
      throw .pathInvalid(
        path: "\(text.prefix(Self.maximumNameBytes))…", reason: "it has more than \(Self.maximumBytes) bytes")
    }
    guard !text.utf8.contains(0) else { throw .pathInvalid(path: text, reason: "it holds a zero byte") }
    guard !text.hasPrefix("/") else { throw .pathEscapesWorkspace(path: text) }
    let names = text.split(separator: "/").map(String.init).filter { $0 != "." }
    guard !names.contains("..") else { throw .pathEscapesWorkspace(path: text) }
    guard names.allSatisfy({ $0.utf8.count <= Self.maximumNameBytes }) else {
      throw .pathInvalid(path: text, reason: "a name in it has more than \(Self.maximumNameBytes) bytes")
    }
    self.text = text
    components = names
  }

  /// The path in its plain form; `.` for the workspace itself.
  var plain: String { components.isEmpty ? "." : components.joined(separator: "/") }

  /// The directory that holds the file, in its plain form.
  var parent: String { components.count < 2 ? "." : components.dropLast().joined(separator: "/") }

  /// The name of a file in a directory.
  func fileName() throws(SandboxError) -> String {
    guard let name = components.last else { throw .notAFile(path: text, found: "a directory") }
    return name
  }
}
