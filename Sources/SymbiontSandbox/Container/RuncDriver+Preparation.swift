import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem

extension RuncDriver.Prepared {
  /// Others may pass through, to reach the root of their container, and not look.
  private static let passableMode: mode_t = 0o711
  private static let privateMode: mode_t = 0o700

  /// Finds the engine and makes the directories.
  ///
  /// Doing it again changes nothing.
  init(_ configuration: RuncConfiguration) throws(SandboxError) {
    try configuration.validate()
    guard geteuid() == 0 else {
      throw .tierUnavailable(
        tier: .tier1, reason: "containers of runc need the rights of the administrator: run as root")
    }
    engine = try RuncEngine(configuration)
    cgroups = CgroupHierarchy(.current())
    guard !cgroups.isEmpty else {
      throw .limitUnenforceable(limit: "memory_mb", reason: "no control groups are mounted on this machine")
    }
    guard ChildSubreaper.become() else {
      throw .tierUnavailable(tier: .tier1, reason: "the kernel refused to make this process a child subreaper")
    }
    do throws(SystemError) {
      try Self.makeDirectories(configuration.stateDirectory, mode: Self.passableMode)
      try Self.makeDirectories(configuration.engineStateDirectory, mode: Self.privateMode)
      try Self.makeDirectories(configuration.bundlesDirectory, mode: Self.privateMode)
      root = try RootSkeleton(configuration)
    } catch {
      throw .startFailed(reason: "the directory `\(configuration.stateDirectory)` could not be made ready: \(error)")
    }
  }

  private static func makeDirectories(_ path: String, mode: mode_t) throws(SystemError) {
    var prefix = ""
    for component in path.split(separator: "/") {
      prefix += "/\(component)"
      guard mkdir(prefix, passableMode) == 0 || errno == EEXIST else { throw .last }
    }
    guard chmod(path, mode) == 0 else { throw .last }
  }
}
