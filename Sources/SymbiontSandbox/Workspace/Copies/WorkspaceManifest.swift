import SymbiontCore

/// The directories and regular files of a workspace, by their paths.
///
/// Links, pipes, sockets and devices are not in it: they are neither copied nor touched.
struct WorkspaceManifest: Sendable, Hashable {
  /// One of them.
  struct Item: Sendable, Hashable {
    var isDirectory = false
    /// Of a file, in bytes.
    var size = 0
    var permissions: UInt32
    /// When it was last written; of a directory it says nothing.
    var modified: UInt64 = 0
  }

  /// The most that is copied for one command.
  struct Limits: Sendable, Hashable {
    /// Directories and files.
    var items = 20_000
    /// All files together: what the volume of a virtual machine holds.
    var bytes = 1 << 30
    /// Directories within each other.
    var depth = 64
  }

  private(set) var items: [String: Item] = [:]
  private(set) var bytes = 0
  let limits: Limits

  init(limits: Limits = Limits()) {
    self.limits = limits
  }

  /// Adds what was found in a directory; false for a name that cannot be copied.
  ///
  /// - Parameter directory: Its path; empty for the workspace itself.
  /// - Throws: ``SandboxError/tooManyFiles(path:maximum:)``, ``SandboxError/pathInvalid(path:reason:)`` or
  ///   ``SandboxError/workspaceFull(path:)`` when it is beyond the limits.
  mutating func add(_ name: String, _ item: Item, in directory: String) throws(SandboxError) -> Bool {
    guard Self.isPlain(name) else { return false }
    let path = directory.isEmpty ? name : "\(directory)/\(name)"
    guard path.utf8.count <= Self.maximumPathBytes, path.utf8.count(where: { $0 == UInt8(ascii: "/") }) < limits.depth
    else { throw .pathInvalid(path: "\(path.prefix(80))…", reason: "it lies too deep to be copied") }
    guard items.count < limits.items else { throw .tooManyFiles(path: ".", maximum: limits.items) }
    let (sum, overflow) = bytes.addingReportingOverflow(max(0, item.size))
    guard !overflow, sum <= limits.bytes else { throw .workspaceFull(path: path) }
    bytes = sum
    items[path] = item
    return true
  }

  private static let maximumPathBytes = 4_000
  private static let maximumNameBytes = 255

  /// Whether a name is that of a directory's entry, and not a way out of it.
  ///
  /// Names that are not UTF-8 come here with the replacement character.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && name.utf8.count <= maximumNameBytes
      && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") } && !name.unicodeScalars.contains("\u{FFFD}")
  }

  /// The directories, those above before those below.
  var directories: [String] { items.filter(\.value.isDirectory).keys.sorted() }
  /// The files, in order.
  var files: [String] { items.filter { !$0.value.isDirectory }.keys.sorted() }
}

extension WorkspaceManifest {
  /// What must be done to one workspace so that it becomes another one, in this order.
  struct Changes: Sendable, Hashable {
    /// What is gone, or is something else now; what is below comes before what is above.
    var removed: [String] = []
    /// Directories that are new or have other permissions; what is above comes before what is below.
    var directories: [String] = []
    /// Files that are new or were written.
    var files: [String] = []
  }

  /// The way from this state to a later one.
  func changes(to later: WorkspaceManifest) -> Changes {
    let removed = items.filter { path, item in later.items[path]?.isDirectory != item.isDirectory }
    return Changes(
      removed: removed.keys.sorted(by: >),
      directories: later.directories.filter { path in
        guard let item = items[path], item.isDirectory else { return true }
        return item.permissions != later.items[path]?.permissions
      },
      files: later.files.filter { items[$0] != later.items[$0] })
  }
}
