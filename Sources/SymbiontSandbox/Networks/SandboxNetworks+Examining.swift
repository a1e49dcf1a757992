import SymbiontCore
import SymbiontSystem

extension SandboxNetworks {
  /// Tries everything that a network needs, in a namespace of its own that is gone afterwards.
  package func examine() async -> NetworkReport {
    do throws(SandboxError) {
      return try await NamespaceThread.run { [self] () throws(SandboxError) in examineOnThread() }
    } catch {
      return NetworkReport(checks: [NetworkReport.Check(name: "thread", failure: error.message)])
    }
  }

  /// The checks, in order; what depends on one that failed is not tried, and says so.
  private func examineOnThread() -> NetworkReport {
    var report = NetworkReport(checks: [])
    var builder: NetworkBuilder?
    func check(_ facility: NetworkReport.Facility, _ body: () throws(SandboxError) -> Void) -> Bool {
      var failure: String?
      do throws(SandboxError) {
        try body()
      } catch {
        failure = error.message
      }
      report.checks.append(NetworkReport.Check(name: facility.rawValue, failure: failure))
      return failure == nil
    }
    let hasNamespace =
      check(.programs) { () throws(SandboxError) in builder = try makeBuilder() }
      && check(.namespaces) { () throws(SandboxError) in
        try NetworkBuilder.step("make a network namespace") { () throws(SystemError) in
          try NetworkNamespace.enterNew()
        }
      }
    if hasNamespace, let builder {
      let plan = NetworkPlan(
        names: NetworkNames(instance: configuration.instance, sandboxID: SandboxID()), pool: configuration.pool,
        subnet: configuration.pool, machineSubnet: configuration.machineSubnet,
        allowed: AllowedDestinations(listed: [.init(address: configuration.pool.base, port: 1)]))
      let device = plan.names.device
      _ = check(.devices) { () throws(SandboxError) in
        try builder.applyDevices("link add \(device) type veth peer name \(NetworkNames.innerDevice)\n")
      }
      _ = check(.rules) { () throws(SandboxError) in
        try builder.applyRules(plan.innerRules())
        try builder.applyRules(plan.outerRules(guarding: []))
      }
      _ = check(.rates) { () throws(SandboxError) in
        try builder.applyRates(NetworkRate(megabytesPerSecond: 1).command(device: device))
      }
      _ = check(.machineDevices) { () throws(SandboxError) in
        try builder.applyDevices("tuntap add dev \(NetworkNames.tap) mode tap\n")
      }
    }
    for facility in NetworkReport.Facility.allCases.dropFirst(report.checks.count) {
      report.checks.append(
        NetworkReport.Check(name: facility.rawValue, failure: "not tried, since something before it failed"))
    }
    return report
  }
}
