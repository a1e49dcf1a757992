import SymbiontCore
import SymbiontLanguage
import SymbiontSandbox

/// What the doctor found.
struct DoctorReport: Sendable {
  let sandbox: SandboxProbe
  let engines: [EngineCheckup]
  let disk: DiskProbe
  let system: String

  /// Whether everything needed is there: what agents need, a disk, and nothing that an engine promises and does not keep.
  var isHealthy: Bool {
    sandbox.isUsable && disk.isDurable && engines.allSatisfy { !$0.report.isUsable || $0.isSound }
  }

  /// For people.
  var text: String {
    var lines = [
      "symbi \(SymbiontVersion.current)", "system   \(system)",
      "sqlite   \(disk.engineVersion ?? "not tried")", "\(padded(sandbox.engine)) \(engine)", "", "commands of agents",
    ]
    if let failure = sandbox.failure {
      lines.append(contentsOf: Self.row("sandbox", false, failure, nil))
    }
    for check in sandbox.checks {
      lines.append(contentsOf: Self.row(check.guarantee.rawValue, check.holds, check.detail, check.hint))
    }
    lines.append(contentsOf: Self.row("durable-commits", disk.isDurable, disk.detail, disk.hint))
    lines += ["", "sandboxes of `symbi sandbox`, each tried with a real one"] + EngineTable(engines: engines).lines
    lines += ["", isHealthy ? "everything needed is there" : "something needed is missing, see above"]
    return lines.joined(separator: "\n")
  }

  private var engine: String {
    guard let path = sandbox.enginePath else { return "not installed" }
    return "\(sandbox.engineVersion ?? "version unknown") (\(path))"
  }

  private static let nameWidth = 18
  private static let engineWidth = 8

  private func padded(_ name: String) -> String {
    name + String(repeating: " ", count: max(0, Self.engineWidth - name.count))
  }

  private static func row(_ name: String, _ holds: Bool, _ detail: String, _ hint: String?) -> [String] {
    let padding = String(repeating: " ", count: max(1, nameWidth - name.count))
    let first = EngineTable.wrapped(
      "\(holds ? "ok  " : "FAIL") \(name)\(padding)", detail, indentation: nameWidth + 5)
    return first + (hint.map { EngineTable.wrapped("     ", "= help: \($0)", indentation: 7) } ?? [])
  }

  /// For programs.
  var value: Value {
    let checks = sandbox.checks.map { check -> Value in
      [
        "guarantee": .string(check.guarantee.rawValue), "holds": .bool(check.holds), "detail": .string(check.detail),
        "hint": check.hint.map { .string($0) } ?? .null,
      ]
    }
    return [
      "healthy": .bool(isHealthy), "version": .string(SymbiontVersion.current), "system": .string(system),
      "sandbox": [
        "engine": .string(sandbox.engine), "path": text(sandbox.enginePath), "version": text(sandbox.engineVersion),
        "failure": text(sandbox.failure), "usable": .bool(sandbox.isUsable), "checks": .array(checks),
      ],
      "tiers": .array(SecurityTier.allCases.map(tier)),
      "disk": [
        "path": .string(disk.path), "file_system": .string(disk.fileSystem), "durable": .bool(disk.isDurable),
        "detail": .string(disk.detail), "hint": text(disk.hint), "sqlite": text(disk.engineVersion),
      ],
    ]
  }

  private func tier(_ tier: SecurityTier) -> Value {
    let found = engines.filter { $0.tier == tier }
    return [
      "tier": .int(Int64(tier.rawValue)), "chosen": text(found.first { $0.isChosen }?.report.engine.rawValue),
      "engines": .array(found.map(engine)),
    ]
  }

  private func engine(_ checkup: EngineCheckup) -> Value {
    let limits = checkup.limits.map { check -> Value in
      ["limit": .string(check.limit), "state": .string(check.state.rawValue), "detail": .string(check.detail)]
    }
    let report = checkup.report
    return [
      "engine": .string(report.engine.rawValue), "path": text(report.path), "version": text(report.version),
      "usable": .bool(report.isUsable), "failure": text(report.failure ?? checkup.failure),
      "hint": text(report.hint), "installation": .string(report.engine.installation),
      "capabilities": .array(report.capabilities.map(\.rawValue).sorted().map { .string($0) }),
      "limits": .array(limits),
    ]
  }

  private func text(_ text: String?) -> Value { text.map { .string($0) } ?? .null }
}
