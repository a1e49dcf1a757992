import SymbiontCore
import SymbiontSystem

/// The labels by which the containers of an instance are found again.
struct DockerLabels: Sendable, Hashable {
  private enum Key {
    static let instance = "symbiont.instance"
    static let engine = "symbiont.engine"
    static let sandbox = "symbiont.sandbox"
    static let agent = "symbiont.agent"
    static let boot = "symbiont.boot"
  }

  /// What all containers of a driver have.
  let common: [String: String]

  init(instance: String, engine: SandboxEngine) {
    common = [Key.instance: instance, Key.engine: engine.rawValue]
  }

  /// The labels of a container.
  func labels(of launch: SandboxLaunch) -> [String: String] {
    var labels = common
    labels[Key.sandbox] = launch.sandboxID.description
    labels[Key.agent] = launch.agentID?.description
    labels[Key.boot] = Self.bootID
    return labels
  }

  /// The sandbox that a container is of; nil when its labels do not say it.
  static func sandboxID(_ container: DockerListedContainer) -> SandboxID? {
    container.labels?[Key.sandbox].flatMap { SandboxID($0) }
  }

  /// What tells this start of the machine from others.
  private static let bootID: String? = {
    KernelFile.text("/proc/sys/kernel/random/boot_id").split(separator: "\n").first.map(String.init)
  }()
}
