import SymbiontCore

/// The engine that was chosen for a sandbox.
struct EngineChoice: Sendable, Hashable {
  var engine: SandboxEngine
  /// The limits that it cannot enforce here, and that were given up by name.
  var unenforced: Set<SandboxCapability>

  /// Takes the first engine of a tier that can do all that is needed, never one of another tier.
  ///
  /// - Parameters:
  ///   - reports: What was found out about the engines of the tier, in order of choice.
  ///   - options: Whether an engine was named, and whether limits may be given up.
  /// - Throws: ``SandboxError/limitUnenforceable(limit:reason:)`` when an engine lacks nothing but limits, otherwise
  ///   ``SandboxError/tierUnavailable(tier:reason:)``; the reason names each engine and what it lacks.
  static func choose(
    _ tier: SecurityTier, _ needs: SandboxNeeds, from reports: [EngineReport], _ options: SandboxOptions
  ) throws(SandboxError) -> EngineChoice {
    let reports = reports.filter { options.engine == nil || $0.engine == options.engine }
    let usable = reports.filter(\.isUsable)
    if let complete = usable.first(where: { needs.all.isSubset(of: $0.capabilities) }) {
      return EngineChoice(engine: complete.engine, unenforced: [])
    }
    let weaker = usable.first { needs.features.isSubset(of: $0.capabilities) }
    if let weaker {
      let missing = needs.limits.subtracting(weaker.capabilities)
      if options.allowsUnenforcedLimits { return EngineChoice(engine: weaker.engine, unenforced: missing) }
      let names = missing.compactMap(\.limitName).sorted().joined(separator: ", ")
      throw .limitUnenforceable(limit: names, reason: reason(reports, needs))
    }
    throw .tierUnavailable(tier: tier, reason: reason(reports, needs))
  }

  private static func reason(_ reports: [EngineReport], _ needs: SandboxNeeds) -> String {
    guard !reports.isEmpty else { return "no engine of this tier is known to the runtime" }
    let engines = reports.map { report in
      if let failure = report.failure {
        return "`\(report.engine.rawValue)`: \(failure)\(report.hint.map { " (\($0))" } ?? "")"
      }
      let missing = needs.all.subtracting(report.capabilities).map { "`\($0.rawValue)`" }.sorted()
      return "`\(report.engine.rawValue)` cannot provide \(missing.joined(separator: ", ")) here"
    }
    // What one of the engines has is not missing on the machine.
    let known = reports.filter(\.isUsable)
    let missing = known.isEmpty ? [] : known.reduce(needs.all) { $0.subtracting($1.capabilities) }
    let facilities = missing.sorted { $0.rawValue < $1.rawValue }.compactMap { capability in
      capability.facility.map { "`\(capability.rawValue)` needs \($0)" }
    }
    return (engines + facilities).joined(separator: "; ")
  }
}
