import FoundationEssentials
import Glibc
import SymbiontSandbox
import SymbiontSystem

/// The data directory of one run: the one that was named, or a throw-away one.
struct RunDirectory: Sendable {
  private static let privateMode: mode_t = 0o700

  /// Its absolute path.
  let path: String
  /// Whether it is removed after the run.
  let isThrowAway: Bool

  /// Names the directory that the user gave, by a path that stays the same wherever the next run is started.
  init(given path: String) {
    self.path = Self.absolute(path)
    isThrowAway = false
  }

  private init(throwAway path: String) {
    self.path = path
    isThrowAway = true
  }

  /// Makes a directory in the system's temporary directory.
  static func makeThrowAway(prefix: String = "symbi-run") throws(CommandFailure) -> RunDirectory {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    return RunDirectory(throwAway: try make(in: parent, prefix: prefix))
  }

  /// Makes a directory of a new name.
  static func make(in parent: String, prefix: String) throws(CommandFailure) -> String {
    var template = Array("\(parent)/\(prefix)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CommandFailure(
        .fileUnwritable, "no directory can be made in `\(parent)`: \(String(cString: strerror(errno)))",
        hint: "name another directory", status: .usage)
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Makes the directory that holds the workspaces of the agents.
  func makeWorkspaceRoot(_ root: String) throws(CommandFailure) { try Self.makePrivate(root) }

  /// Makes the directory as its owner will want it: for nobody else.
  func makePrivate() throws(CommandFailure) { try Self.makePrivate(path) }

  private static func makePrivate(_ directory: String) throws(CommandFailure) {
    guard mkdir(directory, privateMode) == 0 || errno == EEXIST else {
      throw CommandFailure(
        .fileUnwritable, "the directory `\(directory)` cannot be made: \(String(cString: strerror(errno)))",
        status: .failure)
    }
  }

  /// Removes what a throw-away run leaves: its data, and what its sandbox kept elsewhere.
  func removeIfThrowAway(sandboxState: String?) {
    guard isThrowAway else { return }
    Self.remove(path)
    if let sandboxState { Self.remove(sandboxState) }
  }

  /// Removes a directory with everything in it, as far as the system lets it.
  ///
  /// One in which something is still mounted stays, because the files of the mount are not its own.
  static func remove(_ path: String) {
    let isMounted = KernelFile.text("/proc/self/mounts").split(separator: "\n").contains { line in
      line.split(separator: " ").dropFirst().first?.hasPrefix("\(path)/") ?? false
    }
    guard !isMounted else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  private static func absolute(_ path: String) -> String {
    if let real = real(path) { return real }
    // The last part may not exist yet; what is above it then decides.
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let parts = trimmed.split(separator: "/", omittingEmptySubsequences: false)
    guard let last = parts.last, parts.count > 1 else { return "\(real(".") ?? "")/\(trimmed)" }
    let parent = parts.dropLast().joined(separator: "/")
    return "\(absolute(parent.isEmpty ? "/" : parent))/\(last)"
  }

  private static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
