public import Logging
public import SymbiontCore

/// Makes sandboxes that are containers of runc, crun (tier 1) or gVisor's runsc (tier 2), without a daemon.
///
/// It needs the rights of the administrator. Should this process die, or the driver and all its sandboxes be given up, what
/// still runs is killed.
public final class OCIRuntimeDriver: SandboxDriver {
  /// The engine.
  public let engine: SandboxEngine
  let sandboxes: ContainerSandboxes

  /// Makes a driver; nothing is looked for or written before it is used.
  ///
  /// The engine is one of `.runc`, `.crun` and `.runsc`; every call of a driver for another one throws.
  public init(
    engine: SandboxEngine, configuration: ContainerConfiguration,
    logger: Logger = Logger(label: "symbiont.sandbox.containers")
  ) {
    self.engine = engine
    sandboxes = ContainerSandboxes(engine, configuration, logger: logger) { configuration throws(SandboxError) in
      try await OCIRuntime(engine, configuration)
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
