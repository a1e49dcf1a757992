import FoundationEssentials
package import Logging
import SymbiontCore
package import SymbiontStore

/// Tries every engine of this machine: starts a sandbox with each, takes what the probe of its limits shows, and then goes
/// beyond those that can be exceeded.
package struct TierProber: Sendable {
  private let orchestrator: DefaultSandboxOrchestrator
  private let configuration: SandboxOrchestratorConfiguration
  private let networks: SandboxNetworks

  /// Makes a prober with a store and directories of its own.
  package init(_ configuration: SandboxOrchestratorConfiguration, store: Store, logger: Logger) {
    self.configuration = configuration
    orchestrator = DefaultSandboxOrchestrator(configuration, store: store, logger: logger)
    networks = SandboxNetworks(SandboxNetworksConfiguration(instance: configuration.instance), logger: logger)
  }

  /// Looks at every engine; nothing of the sandboxes is left after it.
  package func probe() async -> [EngineCheckup] {
    let network = await networks.examine()
    var checkups: [EngineCheckup] = []
    for tier in SecurityTier.allCases {
      let reports = await orchestrator.engineReports(of: tier)
      let config = SandboxConfig(agentID: AgentID(), securityTier: tier)
      let choice = try? EngineChoice.choose(
        tier, SandboxNeeds(config, SandboxOptions()), from: reports, SandboxOptions())
      for report in reports {
        var checkup = EngineCheckup(report: report, isChosen: choice?.engine == report.engine)
        if report.isUsable { await tryOut(&checkup, network) }
        checkups.append(checkup)
      }
    }
    await orchestrator.shutdown()
    try? FileManager.default.removeItem(atPath: configuration.stateDirectory)
    return checkups
  }

  /// Starts a sandbox, looks at its limits, and goes beyond them.
  private func tryOut(_ checkup: inout EngineCheckup, _ network: NetworkReport) async {
    let trial = LimitTrial(orchestrator: orchestrator, engine: checkup.report.engine)
    do throws(SandboxError) {
      let sandboxID = try await trial.start()
      var found = try orchestrator.describe(sandboxID).attestation.map(Self.checks) ?? [:]
      for check in Self.networkChecks(checkup.report, network) { found[check.limit] = check }
      for check in await trial.exceedLimits(of: sandboxID) { found[check.limit] = check }
      checkup.limits = EngineCheckup.limitNames.map { name in
        found[name]
          ?? EngineCheckup.LimitCheck(
            limit: name, state: .missing, detail: "`\(checkup.report.engine.rawValue)` cannot enforce it here")
      }
      try? await orchestrator.destroySandbox(sandboxID)
    } catch {
      checkup.failure = error.message
    }
  }

  private static func checks(_ attestation: Attestation) -> [String: EngineCheckup.LimitCheck] {
    let checks = attestation.findings.map { finding in
      EngineCheckup.LimitCheck(
        limit: finding.limit, state: finding.holds ? tried.contains(finding.limit) ? .held : .set : .failed,
        detail: "asked for \(finding.requested), found \(finding.found)")
    }
    return Dictionary(checks.map { ($0.limit, $0) }) { first, _ in first }
  }

  /// What the probe does not only read, but tries.
  private static let tried: Set<String> = ["execution_timeout", "read_only_root"]

  /// Networks are tried without a sandbox: making one for it would change how this machine forwards packets.
  private static func networkChecks(
    _ report: EngineReport, _ network: NetworkReport
  ) -> [EngineCheckup.LimitCheck] {
    let isMachine = report.engine.tier == .tier3
    let failures = network.checks.filter { $0.failure != nil && (isMachine || $0.name != NetworkReport.tapName) }
    let reason = failures.compactMap(\.failure).first
    func check(_ name: String, _ capability: SandboxCapability, _ works: Bool) -> EngineCheckup.LimitCheck? {
      guard report.capabilities.contains(capability) else { return nil }
      let works = works && (!isMachine || network.canServeVirtualMachines)
      return EngineCheckup.LimitCheck(
        limit: name, state: works ? .set : .missing,
        detail: works ? "its network was tried in a namespace of its own" : reason ?? "networks cannot be made here")
    }
    return [
      check("network_io_mbps", .networkRateLimit, network.canLimitRates),
      check("allowed_destinations", .egressAllowList, network.canFilter),
    ].compactMap { $0 }
  }
}
