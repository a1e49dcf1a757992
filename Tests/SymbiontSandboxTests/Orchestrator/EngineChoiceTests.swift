import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite("What a sandbox needs, and who can provide it")
struct EngineChoiceTests {
  private static let limits: Set<SandboxCapability> = [
    .memoryLimit, .processorLimit, .processLimit, .diskRateLimit, .workspaceLimit,
  ]

  private func config(_ mode: NetworkMode = .none) -> SandboxConfig {
    SandboxConfig(agentID: AgentID(), networkConfig: NetworkConfig(mode: mode))
  }

  @Test("the needs follow from the configuration")
  func needs() {
    let table: [(NetworkMode, SandboxOptions, Set<SandboxCapability>)] = [
      (.none, SandboxOptions(), Self.limits),
      (.allowList, SandboxOptions(), Self.limits.union([.networkRateLimit, .egressAllowList])),
      (.full, SandboxOptions(), Self.limits.union([.networkRateLimit, .egressAllowList])),
      (.none, SandboxOptions(image: "alpine"), Self.limits.union([.images])),
      (
        .none, SandboxOptions(workspaceDirectory: "/w"),
        Self.limits.subtracting([.workspaceLimit]).union([.sharedWorkspace])
      ),
    ]
    for (mode, options, expected) in table {
      let needs = SandboxNeeds(config(mode), options)
      #expect(needs.all == expected, "\(mode) \(options)")
      #expect(needs.limits.allSatisfy { $0.limitName != nil })
      #expect(needs.features.allSatisfy { $0.limitName == nil })
    }
  }

  private func choose(
    _ reports: [EngineReport], _ options: SandboxOptions = SandboxOptions(), network: NetworkMode = .none
  ) throws(SandboxError) -> EngineChoice {
    try EngineChoice.choose(.tier1, SandboxNeeds(config(network), options), from: reports, options)
  }

  private func report(_ engine: SandboxEngine, without missing: Set<SandboxCapability> = []) -> EngineReport {
    EngineReport(engine: engine, capabilities: Set(SandboxCapability.allCases).subtracting(missing))
  }

  @Test("the first engine that can do everything is taken, in the order of choice")
  func order() throws {
    let broken = EngineReport(engine: .runc, failure: "it is not installed", hint: "install it")
    #expect(try choose([report(.runc), report(.crun)]).engine == .runc)
    #expect(try choose([broken, report(.crun)]).engine == .crun)
    let weak = report(.runc, without: [.diskRateLimit])
    #expect(try choose([weak, report(.crun)]) == EngineChoice(engine: .crun, unenforced: []))
    #expect(try choose([report(.runc), report(.crun)], SandboxOptions(engine: .crun)).engine == .crun)
  }

  @Test("a limit that nobody can enforce is a refusal that names it and each engine")
  func unenforceable() throws {
    let reports = [
      EngineReport(engine: .runc, failure: "it is not installed", hint: "install it"),
      report(.crun, without: [.diskRateLimit, .pause]),
    ]
    let error = SandboxError.limitUnenforceable(
      limit: "disk_io_mbps",
      reason: """
        `runc`: it is not installed (install it); `crun` cannot provide `disk-rate-limit` here; `disk-rate-limit` needs \
        the controller `blkio` of control groups version 1, or `io` of version 2: mount it, as with \
        `mount -t cgroup -o blkio none /sys/fs/cgroup/blkio`, or switch it on in `cgroup.subtree_control`
        """)
    #expect(throws: error) { try choose(reports) }
    let allowed = try choose(reports, SandboxOptions(allowsUnenforcedLimits: true))
    #expect(allowed == EngineChoice(engine: .crun, unenforced: [.diskRateLimit]))
  }

  @Test("a feature is never given up, and no engine is a refusal of the tier")
  func unavailable() throws {
    let reports = [report(.runc, without: [.egressAllowList])]
    let facility = try #require(SandboxCapability.egressAllowList.facility)
    #expect(facility.contains("apt-get install iproute2 nftables"))
    let error = SandboxError.tierUnavailable(
      tier: .tier1,
      reason: "`runc` cannot provide `egress-allow-list` here; `egress-allow-list` needs \(facility)")
    for allows in [false, true] {
      #expect(throws: error) {
        try choose(reports, SandboxOptions(allowsUnenforcedLimits: allows), network: .allowList)
      }
    }
    #expect(
      throws: SandboxError.tierUnavailable(tier: .tier1, reason: "no engine of this tier is known to the runtime")
    ) {
      try choose([])
    }
    #expect(
      throws: SandboxError.tierUnavailable(tier: .tier1, reason: "no engine of this tier is known to the runtime")
    ) {
      try choose([report(.runc)], SandboxOptions(engine: .docker))
    }
  }
}
