import SymbiontCore
import Testing

private let agent = "0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b77"
private let epoch = "1970-01-01T00:00:00Z"

@Suite("Types of policy, sandboxes and audit on the wire")
struct IntegrationWireTests {
  @Test("policies and their rules")
  func policies() throws {
    let policy = Policy(
      id: "p", name: "Spending", description: "d",
      rules: [
        PolicyRule(id: "a", effect: .allow, operations: ["exec", "http"]),
        PolicyRule(
          id: "b", effect: .requireApproval(group: "operations"), operations: ["*"],
          condition: "context.amount > 100", reason: "costly"),
      ], priority: 5, isEnabled: false)
    try expectWire(
      policy,
      """
      {"id":"p","name":"Spending","description":"d","priority":5,"enabled":false,"rules":[
        {"id":"a","effect":"Allow","operations":["exec","http"]},
        {"id":"b","effect":{"RequireApproval":{"group":"operations"}},"operations":["*"],
         "condition":"context.amount > 100","reason":"costly"}]}
      """)
    #expect(try WireForm.value(from: #"{"id":"p","name":"n"}"#) == Policy(id: "p", name: "n"))
    try expectWire(PolicyEffect.deny, #""Deny""#)
    try expectWire(PolicyEffect.audit, #""Audit""#)
    expectRefused(PolicyEffect.self, #""Permit""#, because: "no case `Permit`")
  }

  @Test("decisions have three outcomes, and a fourth is refused")
  func decisions() throws {
    try expectWire(PolicyDecision.allow, #""Allow""#)
    try expectWire(PolicyDecision.deny(reasons: ["no rule"]), #"{"Deny":{"reasons":["no rule"]}}"#)
    let requirement = ApprovalRequirement(group: "ops", reasons: ["r"], expiresAfter: .seconds(60))
    try expectWire(
      PolicyDecision.requireApproval(requirement),
      #"{"RequireApproval":{"group":"ops","reasons":["r"],"expires_after":60}}"#)
    #expect(PolicyDecision.allow.isAllowed)
    #expect(!PolicyDecision.deny(reasons: []).isAllowed)
    #expect(!PolicyDecision.requireApproval(requirement).isAllowed)
    expectRefused(PolicyDecision.self, #""Maybe""#, because: "no case `Maybe`")
    expectRefused(PolicyDecision.self, #""Deny""#, because: "no case `Deny` without a payload")
    expectRefused(PolicyDecision.self, #"{"Allow":true}"#, because: "no case `Allow` with a payload")
  }

  @Test("contexts and findings of validation")
  func contexts() throws {
    try expectWire(
      PolicyContext(
        agentID: SampleID.agent, operation: "exec",
        securityContext: SecurityContext(tier: .tier1, isolationLevel: .medium), metadata: ["command": "git"]),
      """
      {"agent_id":"\(agent)","operation":"exec","metadata":{"command":"git"},
       "security_context":{"tier":"Tier1","isolation_level":"Medium","encryption_algorithm":"Aes256Gcm"}}
      """)
    let warning = PolicyValidationResult(findings: [.init(severity: .warning, policyID: "p", message: "m")])
    try expectWire(warning, #"{"findings":[{"severity":"Warning","policy_id":"p","message":"m"}]}"#)
    #expect(warning.isValid)
    #expect(!PolicyValidationResult(findings: [.init(severity: .error, message: "m")]).isValid)
    #expect(PolicyValidationResult().isValid)
  }

  @Test("sandboxes, what they reach and see, and where they are in their life")
  func sandboxes() throws {
    try expectWire(
      SandboxConfig(
        agentID: SampleID.agent, securityTier: .tier3,
        networkConfig: NetworkConfig(
          mode: .allowList, allowedDestinations: [NetworkDestination(host: "*.example.org", port: 443)]),
        filesystemConfig: FilesystemConfig(mounts: [.init(source: "/data", target: "/data")]),
        environmentVariables: ["LANG": "C"]),
      """
      {"agent_id":"\(agent)","security_tier":"Tier3",
       "resource_limits":{"memory_mb":512,"cpu_cores":1,"disk_io_mbps":50,"network_io_mbps":10,
                          "execution_timeout":3600,"idle_timeout":300},
       "network_config":{"mode":"AllowList","allowed_destinations":[{"host":"*.example.org","port":443}]},
       "filesystem_config":{"read_only_root":true,"workspace_path":"/workspace","workspace_mb":1024,
         "temporary_mb":64,"mounts":[{"source":"/data","target":"/data","read_only":true}]},
       "environment_variables":{"LANG":"C"}}
      """)
    let mount = try WireForm.value(FilesystemConfig.Mount.self, from: #"{"source":"/a","target":"/b"}"#)
    #expect(mount.isReadOnly)
    #expect(throws: DecodingError.self) {
      try WireForm.value(NetworkDestination.self, from: #"{"host":"h","port":65536}"#)
    }
    for (status, name) in [
      (SandboxStatus.created, "Created"), (.starting, "Starting"), (.running, "Running"), (.paused, "Paused"),
      (.stopping, "Stopping"),
      (.stopped, "Stopped"), (.destroyed, "Destroyed"),
    ] { try expectWire(status, "\"\(name)\"") }
    try expectWire(SandboxStatus.failed(reason: "r"), #"{"Failed":{"reason":"r"}}"#)
    expectRefused(SandboxStatus.self, #""Frozen""#, because: "no case `Frozen`")
  }

  @Test("how a command ended, with its output as base64")
  func commandResults() throws {
    let killed = CommandResult(
      exitCode: 137, signal: 9, standardOutput: [0xFF, 0], standardError: [], violations: [.memory],
      elapsed: .milliseconds(1_500))
    try expectWire(
      killed,
      """
      {"exit_code":137,"signal":9,"stdout":"/wA=","stderr":"","timed_out":false,"violations":["Memory"],"elapsed":1.5}
      """)
    #expect(!killed.isSuccess)
    #expect(killed.exceededMemory)
    #expect(CommandResult(exitCode: 0).isSuccess)
    #expect(!CommandResult(exitCode: 0, timedOut: true).isSuccess)
    #expect(!CommandResult(exitCode: 1).isSuccess)
  }

  @Test("events of the audit trail, known or of a newer version")
  func auditEvents() throws {
    try expectWire(
      AuditEvent(
        id: SampleID.audit, timestamp: .epoch, eventType: .agentCreated, agentID: SampleID.agent, details: "d",
        metadata: ["k": "v"]),
      """
      {"id":"00000000-0000-0000-0000-000000000004","timestamp":"\(epoch)","event_type":"AgentCreated",
       "agent_id":"\(agent)","details":"d","metadata":{"k":"v"}}
      """)
    try expectWire(AuditEventType.unrecognized("AgentTeleported"), #""AgentTeleported""#)
    let specified = [
      "AgentCreated", "AgentStarted", "AgentStopped", "AgentTerminated", "ResourceAllocated", "ResourceDeallocated",
      "MessageSent", "MessageReceived", "ErrorOccurred", "PolicyViolation", "SecurityEvent",
    ]
    #expect(Array(AuditEventType.known.map(\.name).prefix(specified.count)) == specified)
    #expect(Set(AuditEventType.known.map(\.name)).count == AuditEventType.known.count)
    for type in AuditEventType.known {
      try expectWire(type, "\"\(type.name)\"")
      #expect(AuditEventType(name: type.name) == type)
    }
  }

  @Test("queries and reports of the audit trail")
  func auditQueries() throws {
    #expect(try WireForm.value(from: "{}") == AuditQuery())
    try expectWire(
      AuditQuery(
        agentID: SampleID.agent, eventTypes: [.messageSent], from: .epoch, to: .epoch, after: SampleID.audit,
        order: .newestFirst, limit: 5),
      """
      {"agent_id":"\(agent)","event_types":["MessageSent"],"from":"\(epoch)","to":"\(epoch)",
       "after":"00000000-0000-0000-0000-000000000004","order":"NewestFirst","limit":5}
      """)
    let report = IntegrityReport(
      from: .epoch, to: .epoch, checkedAt: .epoch, eventsChecked: 2, treeSize: 9, rootHash: [1, 2, 3],
      violations: [IntegrityViolation(position: 4, reason: "the hash differs")])
    try expectWire(
      report,
      """
      {"from":"\(epoch)","to":"\(epoch)","checked_at":"\(epoch)","events_checked":2,"tree_size":9,
       "root_hash":"AQID","violations":[{"position":4,"reason":"the hash differs"}]}
      """)
    #expect(!report.isIntact)
    #expect(ExportFormat.allCases.map(\.rawValue) == ["Json", "JsonLines", "Csv"])
  }
}
