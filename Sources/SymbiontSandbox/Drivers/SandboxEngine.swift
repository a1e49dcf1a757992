public import SymbiontCore

/// A program that makes sandboxes, and how it is used.
public enum SandboxEngine: String, Sendable, Hashable, Codable, CaseIterable {
  /// runc, without a daemon.
  case runc
  /// crun, without a daemon.
  case crun
  /// The Docker Engine with its default runtime.
  case docker
  /// bubblewrap, in control groups of ours.
  case bubblewrap
  /// gVisor's runsc, without a daemon.
  case runsc
  /// The Docker Engine with the runsc runtime.
  case dockerRunsc = "docker-runsc"
  /// A QEMU microVM.
  case qemu
  /// A Firecracker microVM.
  case firecracker

  /// How strong its isolation is.
  public var tier: SecurityTier {
    switch self {
    case .runc, .crun, .docker, .bubblewrap: .tier1
    case .runsc, .dockerRunsc: .tier2
    case .qemu, .firecracker: .tier3
    }
  }

  /// The engines of a tier, in order of choice.
  public static func candidates(for tier: SecurityTier) -> [SandboxEngine] {
    allCases.filter { $0.tier == tier }
  }
}
