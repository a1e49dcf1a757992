import Glibc
import SymbiontCore
import SymbiontSystem

/// The places at which an engine finds the files of one container.
///
/// They are the same for all, because each engine process has mounts of its own: what is staged for one is never seen by
/// another, nor by the machine, and ends with the container. The users of a container may pass through to them, which they
/// may not to where the files lie.
struct ContainerStage: Sendable, Hashable {
  let path: String

  /// The root of a container with an image.
  var root: String { "\(path)/root" }
  /// The workspace.
  var workspace: String { "\(path)/workspace" }
  /// The program of the first process.
  var guest: String { "\(path)/guest" }
  /// The addresses of hosts by name.
  var hosts: String { "\(path)/hosts" }

  private static let passableMode: mode_t = 0o711
  private static let fileMode: mode_t = 0o444

  /// Makes the mount points.
  func make() throws(SystemError) {
    for directory in [path, root, workspace] { try ContainerDirectories.make(directory, mode: Self.passableMode) }
    for file in [guest, hosts] {
      let number = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, Self.fileMode)
      guard number >= 0 else { throw .last }
      close(number)
    }
  }

  /// What is staged for one container.
  struct Content: Sendable {
    var guest: String
    var workspace: String
    var hosts: String?
    /// The directories of the root, the first on top; nil when it has none of its own.
    var layers: [String]?
    /// Where writes to the root go; nil when there are none.
    var upper: (directory: String, work: String)?
    /// Mounts of the machine that confuse the engine.
    var hidden: [String] = []
  }

  /// Mounts the content for the calling thread, which must be a ``PrivateThread``.
  func mount(_ content: Content) throws(SandboxError) {
    let mounts: PrivateMounts
    do throws(SystemError) {
      mounts = try PrivateMounts()
    } catch {
      throw .startFailed(reason: "the kernel refused a mount namespace: \(error)")
    }
    for path in content.hidden { try Self.step(path) { () throws(SystemError) in try mounts.remove(path) } }
    try bind(mounts, content.guest, at: guest)
    try bind(mounts, content.workspace, at: workspace)
    if let source = content.hosts { try bind(mounts, source, at: hosts) }
    guard let layers = content.layers else { return }
    try Self.step(layers.last ?? root) { () throws(SystemError) in
      try mounts.overlay(lower: layers, upper: content.upper, at: root)
    }
  }

  private func bind(_ mounts: PrivateMounts, _ source: String, at target: String) throws(SandboxError) {
    do throws(SystemError) {
      try mounts.bind(source, at: target)
    } catch {
      throw .startFailed(reason: "`\(source)` could not be mounted: \(error)")
    }
  }

  private static func step(_ path: String, _ body: () throws(SystemError) -> Void) throws(SandboxError) {
    do throws(SystemError) {
      try body()
    } catch {
      throw .startFailed(reason: "the mounts of `\(path)` could not be made ready: \(error)")
    }
  }
}
