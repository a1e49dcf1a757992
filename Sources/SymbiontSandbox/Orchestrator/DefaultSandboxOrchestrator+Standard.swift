public import Logging
import SymbiontCore
public import SymbiontStore

extension DefaultSandboxOrchestrator {
  /// An orchestrator with every driver that there is; which of them can be used here is found out when one is needed.
  ///
  /// - Parameters:
  ///   - configuration: How sandboxes are made.
  ///   - store: Where the rows of sandboxes are kept; its data directory has one owner.
  ///   - logger: Where it says what it does.
  public convenience init(
    _ configuration: SandboxOrchestratorConfiguration, store: Store, logger: Logger = Logger(label: "symbiont.sandbox")
  ) {
    self.init(
      configuration, store: store, drivers: Self.standardDrivers(configuration, logger),
      networks: SandboxNetworks(
        SandboxNetworksConfiguration(instance: configuration.instance, tapUserID: configuration.firstUserID),
        logger: logger),
      images: StoredImages(
        ImageStore(directory: configuration.imagesDirectory, firstUserID: configuration.firstUserID)),
      logger: logger)
  }

  private static func standardDrivers(
    _ configuration: SandboxOrchestratorConfiguration, _ logger: Logger
  ) -> [any SandboxDriver] {
    let containers = ContainerConfiguration(
      instance: configuration.instance, stateDirectory: configuration.stateDirectory,
      firstUserID: configuration.firstUserID)
    let docker = DockerConfiguration(
      instance: configuration.instance, stateDirectory: configuration.stateDirectory,
      firstUserID: configuration.firstUserID)
    let machines = MicroVMConfiguration(
      instance: configuration.instance, stateDirectory: configuration.stateDirectory,
      firstUserID: configuration.firstUserID)
    return [SandboxEngine.runc, .crun, .runsc].map {
      OCIRuntimeDriver(engine: $0, configuration: containers, logger: logger)
    }
      + [
        BubblewrapDriver(configuration: containers, logger: logger), DockerDriver(docker, logger: logger),
        DockerDriver(docker, usesGVisor: true, logger: logger),
        QEMUDriver(machines, logger: logger), FirecrackerDriver(machines),
      ]
  }
}
