import SymbiontCore
import Synchronization

extension DefaultSandboxOrchestrator {
  /// What is known about the engines of a tier, in order of choice.
  ///
  /// Each is looked at once; ``examineEngines()`` looks again.
  func engineReports(of tier: SecurityTier) async -> [EngineReport] {
    var found: [EngineReport] = []
    for engine in SandboxEngine.candidates(for: tier) {
      if let known = reports.withLock({ $0[engine] }) {
        found.append(known)
      } else if let driver = drivers[engine] {
        let report = await examine(driver)
        // One that cannot be used may be installed later, so it is looked at again.
        if report.isUsable { reports.withLock { $0[engine] = report } }
        found.append(report)
      }
    }
    return found
  }

  /// Looks at all engines anew.
  public func examineEngines() async -> [EngineReport] {
    reports.withLock { $0 = [:] }
    var found: [EngineReport] = []
    for tier in SecurityTier.allCases { found += await engineReports(of: tier) }
    return found
  }

  /// Adds to what a driver can do what the orchestrator does around it.
  private func examine(_ driver: any SandboxDriver) async -> EngineReport {
    var report = await driver.examine()
    if networks == nil { report.capabilities.subtract([.egressAllowList, .networkRateLimit]) }
    if images == nil { report.capabilities.remove(.images) }
    return report
  }
}
