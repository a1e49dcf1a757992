import Foundation
import SymbiontCore
import Testing

@testable import SymbiontSandbox

extension OrchestratorFixture {
  /// The first choice of each tier, as far as it is on this machine; in CI all of them, so that nothing is skipped there.
  static let engines: [SandboxEngine] = [.runc, .runsc, .qemu].filter { engine in
    engine == .qemu ? RequiredMachines.areHere : ContainerFixture.isHere(engine)
  }

  /// The driver of an engine.
  static func driver(
    _ engine: SandboxEngine, _ configuration: SandboxOrchestratorConfiguration
  ) -> any SandboxDriver {
    guard engine == .qemu else {
      return OCIRuntimeDriver(
        engine: engine,
        configuration: ContainerConfiguration(
          instance: configuration.instance, stateDirectory: configuration.stateDirectory,
          guestPath: "\(Products.directory)/symbi-guest"))
    }
    return QEMUDriver(
      MicroVMConfiguration(
        instance: configuration.instance, stateDirectory: configuration.stateDirectory,
        guestPath: "\(Products.directory)/symbi-guest", startTimeout: .seconds(300)))
  }

  /// Calls the body with an orchestrator that has this one engine.
  static func run(
    _ engine: SandboxEngine, networks: (any SandboxNetworking)? = nil,
    _ body: (OrchestratorFixture) async throws -> Void
  ) async throws {
    try await run(drivers: { [driver(engine, $0)] }, networks: networks, body)
  }
}
