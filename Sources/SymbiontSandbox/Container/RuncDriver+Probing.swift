import FoundationEssentials
import SymbiontCore

extension RuncDriver {
  private static let instanceCharacters = 12

  /// Tries each promise of the sandbox against a real container.
  ///
  /// The containers belong to an instance of their own, so a probe may run beside a runtime that uses this one.
  public func probe() async -> SandboxProbe {
    var probe = SandboxProbe(engine: RuncEngine.name)
    var configuration = configuration
    configuration.instance = "probe-\(SandboxID().description.suffix(Self.instanceCharacters))"
    configuration.stateDirectory = "\(self.configuration.stateDirectory)/\(configuration.instance)"
    let driver = RuncDriver(configuration, logger: logger)
    defer { try? FileManager.default.removeItem(atPath: configuration.stateDirectory) }
    do throws(SandboxError) {
      let engine = try RuncEngine(configuration)
      probe.enginePath = engine.path
      probe.engineVersion = try await engine.version()
      _ = try await driver.prepared()
    } catch {
      probe.failure = error.message
      return probe
    }
    let prober = RuncProber(driver: driver, workspace: "\(configuration.stateDirectory)/workspace")
    for guarantee in SandboxProbe.Guarantee.allCases {
      probe.checks.append(await prober.check(guarantee))
    }
    return probe
  }
}
