public import Logging
public import SymbiontCore

/// Makes sandboxes with bubblewrap (tier 1), in control groups of ours, where no container runtime is installed.
///
/// It needs the rights of the administrator. A workspace cannot be attached to a sandbox that was started without one, since
/// bubblewrap shuts it off from the machine's later mounts.
public final class BubblewrapDriver: SandboxDriver {
  /// The engine.
  public let engine = SandboxEngine.bubblewrap
  let sandboxes: ContainerSandboxes

  /// Makes a driver; nothing is looked for or written before it is used.
  public init(
    configuration: ContainerConfiguration, logger: Logger = Logger(label: "symbiont.sandbox.bubblewrap")
  ) {
    sandboxes = ContainerSandboxes(.bubblewrap, configuration, logger: logger) { configuration throws(SandboxError) in
      try Bubblewrap(configuration)
    }
  }

  /// Looks whether the engine is there and what it can do.
  public func examine() async -> EngineReport { await sandboxes.examine() }

  /// Starts a sandbox whose first process is the guest.
  public func launch(_ launch: SandboxLaunch) async throws(SandboxError) -> any LaunchedSandbox {
    try await sandboxes.launch(launch)
  }

  /// Kills and removes what a dead runtime left of these sandboxes.
  public func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID: [String]] {
    try await sandboxes.reap(sandboxIDs)
  }

  /// The sandboxes of this instance of which something exists.
  public func survivors() async throws(SandboxError) -> Set<SandboxID> { try await sandboxes.survivors() }
}
