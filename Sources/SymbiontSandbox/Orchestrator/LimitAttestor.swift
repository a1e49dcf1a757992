package import SymbiontCore
import SymbiontResources

/// Reads, outside and inside of a sandbox, which limits are in force.
///
/// It costs milliseconds: the settings of the control group are read as the kernel reports them, and a probe in the
/// sandbox tells what a command sees there. That the kernel keeps to its settings is tried by `symbi doctor`, which
/// really exceeds them.
package struct LimitAttestor: SandboxAttesting {
  package init() {}

  package func attest(_ subject: AttestationSubject) async throws(SandboxError) -> [Attestation.Finding] {
    let group = try await BlockingWork.perform { () throws(SandboxError) in
      subject.controlGroupPath.map { ControlGroupSettings(ControlGroup(path: $0, hierarchy: .machine)) }
    }
    let inside = try await InsideProbe.read(subject.connection)
    let timeout = try await InsideProbe.isTimeoutKept(subject.connection)
    return Self.findings(subject.promise, group, inside, isTimeoutKept: timeout)
  }

  /// What was promised, without the connection.
  struct Promise: Sendable {
    var limits: SandboxLimits
    var tier: SecurityTier
    var hasNetwork: Bool
    var network: NetworkSettings?
    var isRootReadOnly: Bool
    var hasVolume: Bool
    var unenforced: Set<SandboxCapability>
    /// The rate to which its engine itself holds its disks.
    var engineDiskRate: Int?
  }

  static func findings(
    _ promise: Promise, _ group: ControlGroupSettings?, _ inside: InsideProbe, isTimeoutKept: Bool
  ) -> [Attestation.Finding] {
    var findings = limits(promise, group, inside)
    findings.append(
      Attestation.Finding(
        limit: "execution_timeout", requested: "kept", found: isTimeoutKept ? "kept" : "not kept", holds: isTimeoutKept)
    )
    findings.append(confinement(inside))
    if promise.isRootReadOnly {
      findings.append(
        Attestation.Finding(
          limit: "read_only_root", requested: "read-only", found: inside.isRootReadOnly ? "read-only" : "writable",
          holds: inside.isRootReadOnly))
    }
    findings.append(network(promise, inside))
    if promise.hasNetwork {
      let isClosed = promise.network?.refusesByDefault ?? false
      findings.append(
        Attestation.Finding(
          limit: "allowed_destinations", requested: "everything else is dropped",
          found: isClosed ? "it is dropped" : "it is let through", holds: isClosed))
    }
    return findings
  }

  /// A network leads through the one device that was made for it, whose namespace has the rules.
  private static func network(_ promise: Promise, _ inside: InsideProbe) -> Attestation.Finding {
    let allowed: Set<String> = promise.hasNetwork ? ["lo", NetworkNames.innerDevice] : ["lo"]
    let others = inside.networkDevices.subtracting(allowed).sorted()
    let names = allowed.sorted(by: >).map { "`\($0)`" }.joined(separator: " and ")
    return Attestation.Finding(
      limit: "network_config", requested: "no device but \(names)",
      found: others.isEmpty ? "none" : others.joined(separator: ", "), holds: others.isEmpty)
  }

  private static func limits(
    _ promise: Promise, _ group: ControlGroupSettings?, _ inside: InsideProbe
  ) -> [Attestation.Finding] {
    let resources = promise.limits.resources
    var findings: [Attestation.Finding] = []
    func add(_ capability: SandboxCapability, _ requested: String, _ found: String?, holds: Bool) {
      guard !promise.unenforced.contains(capability), let name = capability.limitName else { return }
      findings.append(
        Attestation.Finding(limit: name, requested: requested, found: found ?? "no limit", holds: holds))
    }
    // The kernel of a virtual machine limits the memory and the processes of commands; the group outside has room for the
    // engine and that kernel. gVisor's kernel limits processes, and all else is limited outside.
    let isMachine = promise.tier == .tier3
    let memory = isMachine ? inside.memoryLimitBytes ?? inside.memoryTotalBytes : group?.memoryBytes
    add(
      .memoryLimit, "at most \(resources.memoryBytes) bytes", memory.map { "\($0) bytes" },
      holds: memory.map { $0 <= resources.memoryBytes } ?? false)
    add(
      .processorLimit, "at most \(resources.cpuCores) cores", group?.cpuCores.map { "\($0) cores" },
      holds: group?.cpuCores.map { $0 <= resources.cpuCores + 0.01 } ?? false)
    let processes = [inside.processLimit, promise.tier == .tier1 ? group?.processes : nil].compactMap { $0 }.min()
    add(
      .processLimit, "at most \(promise.limits.processes)", processes.map { "\($0)" },
      holds: processes.map { $0 <= promise.limits.processes } ?? false)
    let diskRate = isMachine ? promise.engineDiskRate : group?.diskBytesPerSecond
    add(
      .diskRateLimit, "at most \(resources.diskBytesPerSecond) bytes a second",
      diskRate.map { "\($0) bytes a second" }, holds: diskRate.map { $0 <= resources.diskBytesPerSecond } ?? false)
    if promise.hasNetwork {
      let rate = promise.network?.bytesPerSecond
      let wanted = resources.networkMegabytesPerSecond * ResourceLimits.bytesPerMegabyte
      add(
        .networkRateLimit, "at most \(wanted) bytes a second each way", rate.map { "\($0) bytes a second" },
        holds: rate.map { $0 <= wanted } ?? false)
    }
    if promise.hasVolume, !promise.unenforced.contains(.workspaceLimit) {
      findings.append(workspace(megabytes: promise.limits.workspaceMegabytes, found: inside.workspaceBytes))
    }
    return findings
  }

  /// Whether a workspace is no larger than was promised, by the size of its file system as the sandbox sees it.
  static func workspace(megabytes: Int, found: Int?) -> Attestation.Finding {
    let bytes = megabytes << 20
    return Attestation.Finding(
      limit: "workspace_mb", requested: "at most \(bytes) bytes",
      found: found.map { "\($0) bytes" } ?? "no limit", holds: found.map { $0 <= bytes } ?? false)
  }

  /// No capabilities, no new ones, and a filter for system calls.
  private static func confinement(_ inside: InsideProbe) -> Attestation.Finding {
    let problems =
      (inside.capabilities == 0 ? [] : ["capabilities \(String(inside.capabilities, radix: 16))"])
      + (inside.hasNoNewPrivileges ? [] : ["new privileges"]) + (inside.userID == 0 ? ["the user root"] : [])
    return Attestation.Finding(
      limit: "privileges", requested: "none", found: problems.isEmpty ? "none" : problems.joined(separator: ", "),
      holds: problems.isEmpty)
  }
}

extension AttestationSubject {
  var promise: LimitAttestor.Promise {
    LimitAttestor.Promise(
      limits: limits, tier: tier, hasNetwork: hasNetwork, network: network, isRootReadOnly: isRootReadOnly,
      hasVolume: hasVolume,
      unenforced: unenforced, engineDiskRate: engineDiskRate)
  }
}
