import SymbiontCore
import Testing

@Suite("Bounds of configurations")
struct ValidationTests {
  @Test("a value beyond a bound is refused with its field and the bounds")
  func message() {
    var config = LifecycleConfig()
    config.maxAgents = 0
    let error = #expect(throws: ConfigurationError.self) { try config.validate() }
    #expect(error?.message == "`max_agents` is `0`: it must be from 1 to 1000000")
    #expect(error?.code == "CONFIGURATION_OUT_OF_RANGE")
  }

  @Test("the bounds themselves are allowed, and what lies beyond is not")
  func edges() {
    let bounds = ResourceLimits.Bounds.self
    for memory in [bounds.memoryMegabytes.lowerBound, bounds.memoryMegabytes.upperBound] {
      #expect(throws: Never.self) { try ResourceLimits(memoryMegabytes: memory).validate() }
    }
    for memory in [bounds.memoryMegabytes.lowerBound - 1, bounds.memoryMegabytes.upperBound + 1, .min, .max] {
      #expect(throws: ConfigurationError.self) { try ResourceLimits(memoryMegabytes: memory).validate() }
    }
    for cores in [0, -1, 0.009, 4_097, .nan, .infinity, -.infinity] {
      #expect(throws: ConfigurationError.self) { try ResourceLimits(cpuCores: cores).validate() }
    }
    for timeout in [Duration.zero, .seconds(-1), .seconds(31_536_001), .seconds(Int64.max)] {
      #expect(throws: ConfigurationError.self) { try ResourceLimits(executionTimeout: timeout).validate() }
    }
  }

  @Test("megabytes that do not fit into bytes give the largest number, not a trap")
  func saturation() {
    #expect(ResourceLimits(memoryMegabytes: 2).memoryBytes == 2_097_152)
    #expect(ResourceLimits(memoryMegabytes: .max).memoryBytes == .max)
    #expect(ResourceLimits(memoryMegabytes: .min).memoryBytes == .min)
  }

  private func agent(_ change: (inout AgentConfig) -> Void) -> AgentConfig {
    var config = AgentConfig(id: SampleID.agent, name: "writer", dslSource: "agent writer() { }")
    change(&config)
    return config
  }

  @Test("an agent's configuration names the part that is wrong")
  func agentParts() {
    #expect(throws: Never.self) { try agent { _ in }.validate() }
    #expect(throws: ConfigurationError.missing(field: "name")) { try agent { $0.name = "" }.validate() }
    #expect(throws: ConfigurationError.missing(field: "dsl_source")) { try agent { $0.dslSource = "" }.validate() }
    #expect(throws: ConfigurationError.tooLong(field: "name", length: 129, maximum: 128)) {
      try agent { $0.name = String(repeating: "n", count: 129) }.validate()
    }
    #expect(throws: ConfigurationError.invalid(field: "name", value: "a\nb", reason: "it must be one line")) {
      try agent { $0.name = "a\nb" }.validate()
    }
    #expect(throws: ConfigurationError.self) { try agent { $0.name = "a\u{1B}[31m" }.validate() }
    expect(field: "execution_mode.interval") { $0.executionMode = .scheduled(interval: .zero) }
    expect(field: "resource_limits.memory_mb") { $0.resourceLimits.memoryMegabytes = 0 }
    expect(field: "capabilities[1]") { $0.capabilities = [.network, .unrecognized("Quantum")] }
    expect(field: "capabilities[0]") { $0.capabilities = [.custom("")] }
    expect(field: "policies[0].id") { $0.policies = [Policy(id: "", name: "n")] }
    expect(field: "metadata") { config in
      config.metadata = Dictionary(uniqueKeysWithValues: (0...64).map { ("k\($0)", "") })
    }
    expect(field: "metadata.key") { $0.metadata = ["key": String(repeating: "v", count: 4_097)] }
  }

  private func expect(
    field: String, sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout AgentConfig) -> Void
  ) {
    let error = #expect(throws: ConfigurationError.self, sourceLocation: sourceLocation) {
      try agent(change).validate()
    }
    #expect(error?.message.contains("`\(field)`") == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
  }

  @Test("two rules of one policy cannot have the same id, and each speaks of an operation")
  func policies() {
    let rule = PolicyRule(id: "r", effect: .allow, operations: ["exec"])
    #expect(throws: ConfigurationError.self) { try Policy(id: "p", name: "n", rules: [rule, rule]).validate() }
    #expect(throws: Never.self) { try Policy(id: "p", name: "n", rules: [rule]).validate() }
    #expect(throws: ConfigurationError.self) {
      try PolicyRule(id: "r", effect: .allow, operations: []).validate()
    }
    #expect(throws: ConfigurationError.missing(field: "effect.group")) {
      try PolicyRule(id: "r", effect: .requireApproval(group: ""), operations: ["*"]).validate()
    }
  }

  @Test("a sandbox's paths are absolute, its destinations need their mode, and no value of its environment is shown")
  func sandboxes() {
    var config = SandboxConfig(agentID: SampleID.agent)
    #expect(throws: Never.self) { try config.validate() }
    for path in ["workspace", "/a/../b", "", "/" + String(repeating: "x", count: 4_095)] {
      #expect(throws: ConfigurationError.self) { try FilesystemConfig(workspacePath: path).validate() }
    }
    let destination = NetworkDestination(host: "example.org", port: 443)
    #expect(throws: ConfigurationError.self) { try NetworkConfig(allowedDestinations: [destination]).validate() }
    #expect(throws: Never.self) {
      try NetworkConfig(mode: .allowList, allowedDestinations: [destination]).validate()
    }
    config.environmentVariables = ["TOKEN": "hunter2\u{0}"]
    let error = #expect(throws: ConfigurationError.self) { try config.validate() }
    #expect(error?.message.contains("environment_variables.TOKEN") == true)
    #expect(error?.message.contains("hunter2") == false)
    config.environmentVariables = ["A=B": ""]
    #expect(throws: ConfigurationError.self) { try config.validate() }
  }

  @Test("a query of the audit trail cannot end before it begins, nor ask for everything at once")
  func queries() {
    #expect(throws: ConfigurationError.self) { try AuditQuery(from: .latest, to: .epoch).validate() }
    #expect(throws: ConfigurationError.self) { try AuditQuery(limit: 10_001).validate() }
    #expect(throws: ConfigurationError.self) { try AuditQuery(limit: 0).validate() }
    #expect(throws: Never.self) { try AuditQuery(from: .epoch, to: .epoch).validate() }
  }

  @Test("each other bound is checked too")
  func others() {
    #expect(throws: ConfigurationError.self) { try ResourceManagerConfig(resourceReservationPercentage: 91).validate() }
    #expect(throws: ConfigurationError.self) { try ResourceManagerConfig(monitoringInterval: .zero).validate() }
    #expect(throws: ConfigurationError.self) { try ResourceThresholds(cpuPercentage: .nan).validate() }
    #expect(throws: ConfigurationError.self) { try SchedulerConfig(maxConcurrentTasks: 0).validate() }
    #expect(throws: ConfigurationError.self) { try SchedulerConfig(taskQueueSize: 0).validate() }
    #expect(throws: ConfigurationError.self) { try CommunicationConfig(maxMessageSize: 67_108_865).validate() }
    #expect(throws: ConfigurationError.self) { try ErrorHandlerConfig(recoveryBackoffMultiplier: 0.5).validate() }
    #expect(throws: ConfigurationError.self) { try ErrorThresholds(escalationThreshold: 0).validate() }
    #expect(throws: ConfigurationError.self) { try RecoveryStrategy.retry(maxAttempts: 0, backoff: .zero).validate() }
    #expect(throws: ConfigurationError.self) { try RecoveryStrategy.manual(reason: "").validate() }
    #expect(throws: Never.self) { try RecoveryStrategy.none.validate() }
    let task = ScheduledTask(
      id: SampleID.task, agentID: SampleID.agent, scheduledTime: .epoch, timeout: .seconds(1), retryCount: -1)
    #expect(throws: ConfigurationError.self) { try task.validate() }
    let message = Message(
      id: SampleID.message, from: SampleID.agent, to: SampleID.other, topic: "t", payload: [], timeToLive: .zero)
    #expect(throws: ConfigurationError.self) { try message.validate() }
    let event = AuditEvent(
      id: SampleID.audit, timestamp: .epoch, eventType: .securityEvent, details: String(repeating: "d", count: 65_537))
    #expect(throws: ConfigurationError.self) { try event.validate() }
  }
}
