import Glibc
import SymbiontSystem

/// Where one engine's containers of an instance keep what they need.
struct ContainerDirectories: Sendable, Hashable {
  /// The directory that holds the others; everybody may pass through, and nobody look.
  let path: String

  /// Where the engine keeps its own state.
  var engineState: String { "\(path)/state" }
  /// Where the bundle of each container is.
  var bundles: String { "\(path)/bundles" }
  /// The root of containers without an image.
  var machineRoot: String { "\(path)/root" }
  /// The mount points that are laid over an image.
  var imageRoot: String { "\(path)/image" }
  /// Where each container's own files are mounted, for the eyes of its engine only.
  var stage: ContainerStage { ContainerStage(path: "\(path)/stage") }

  /// Others may pass through, to reach the root of their container, and not look.
  private static let passableMode: mode_t = 0o711
  private static let privateMode: mode_t = 0o700

  /// The directories of an engine, which need not exist.
  init(_ configuration: ContainerConfiguration, engine: SandboxEngine) {
    path = "\(configuration.stateDirectory)/\(engine.rawValue)-sandboxes"
  }

  /// Makes them; what is already there is kept.
  func make() throws(SystemError) {
    try Self.make(path, mode: Self.passableMode)
    try Self.make(engineState, mode: Self.privateMode)
    try Self.make(bundles, mode: Self.privateMode)
    try stage.make()
  }

  static func make(_ path: String, mode: mode_t) throws(SystemError) {
    var prefix = ""
    for component in path.split(separator: "/") {
      prefix += "/\(component)"
      guard mkdir(prefix, passableMode) == 0 || errno == EEXIST else { throw .last }
    }
    guard chmod(path, mode) == 0 else { throw .last }
  }
}
