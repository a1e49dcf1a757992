import Foundation
import SymbiontCore
import Testing

private let agent = "0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b77"
private let other = "00000000-0000-0000-0000-000000000001"
private let epoch = "1970-01-01T00:00:00Z"

@Suite("Types of the components on the wire")
struct ComponentWireTests {
  @Test("usage, allocations and snapshots")
  func resources() throws {
    let usage = ResourceUsage(
      memoryBytes: 1_024, cpuCores: 0.5, diskBytesPerSecond: 3, networkBytesPerSecond: 4, uptime: .milliseconds(2_500))
    let usageJSON = #"{"memory_used":1024,"cpu_usage":0.5,"disk_io_rate":3,"network_io_rate":4,"uptime":2.5}"#
    try expectWire(usage, usageJSON)
    try expectWire(
      ResourceSnapshot(agentID: SampleID.agent, takenAt: .epoch, usage: usage),
      #"{"agent_id":"\#(agent)","taken_at":"\#(epoch)","usage":\#(usageJSON)}"#)
    try expectWire(
      ResourceAllocation(agentID: SampleID.agent, allocatedAt: .epoch, limits: ResourceLimits(), currentUsage: usage),
      """
      {"agent_id":"\(agent)","allocated_at":"\(epoch)","current_usage":\(usageJSON),
       "limits":{"memory_mb":512,"cpu_cores":1,"disk_io_mbps":50,"network_io_mbps":10,"execution_timeout":3600,
                 "idle_timeout":300}}
      """)
    try expectWire(
      ResourceViolation(
        agentID: SampleID.agent, resource: .memory, severity: .exceeded, limit: 512, observed: 600, observedAt: .epoch),
      """
      {"agent_id":"\(agent)","resource":"Memory","severity":"Exceeded","limit":512,"observed":600,
       "observed_at":"\(epoch)"}
      """)
  }

  @Test("the status of the machine and of the runtime")
  func systemStatus() throws {
    try expectWire(
      SystemResourceStatus(
        takenAt: .epoch, totalMemoryBytes: 8, allocatedMemoryBytes: 4, usedMemoryBytes: 2, totalCPUCores: 2,
        allocatedCPUCores: 1.5, usedCPUCores: 0.5, totalDiskBytes: 100, usedDiskBytes: 10,
        totalNetworkBytesPerSecond: 50, allocatedNetworkBytesPerSecond: 5, allocationCount: 1),
      """
      {"taken_at":"\(epoch)","total_memory":8,"allocated_memory":4,"used_memory":2,"total_cpu_cores":2,
       "allocated_cpu_cores":1.5,"used_cpu_cores":0.5,"total_disk_space":100,"used_disk_space":10,
       "total_network_bandwidth":50,"allocated_network_bandwidth":5,"allocation_count":1}
      """)
    let status = SystemStatus(
      phase: .running, startedAt: .epoch, takenAt: .epoch + .seconds(60), agentCounts: [.running: 2, .failed: 1])
    try expectWire(
      status,
      """
      {"phase":"Running","started_at":"\(epoch)","taken_at":"1970-01-01T00:01:00Z",
       "agents_by_state":{"Running":2,"Failed":1}}
      """)
    #expect(status.agentCount == 3)
    #expect(status.uptime == .seconds(60))
  }

  @Test("messages carry their payload as base64 and their time to live in seconds")
  func messages() throws {
    let message = Message(
      id: SampleID.message, from: SampleID.agent, to: SampleID.other, topic: "test_topic",
      payload: Array("Hello, world!".utf8), timeToLive: .seconds(300))
    let json = """
      {"id":"00000000-0000-0000-0000-000000000003","from":"\(agent)","to":"\(other)","topic":"test_topic",
       "payload":"SGVsbG8sIHdvcmxkIQ==","priority":"Normal","ttl":300}
      """
    try expectWire(message, json)
    try expectWire(
      SecureMessage(message: message, signature: [1, 2], encryptedPayload: [], timestamp: .epoch),
      #"{"message":\#(json),"signature":"AQI=","encrypted_payload":"","timestamp":"\#(epoch)"}"#)
    for status in DeliveryStatus.allCases { try expectWire(status, "\"\(status.rawValue)\"") }
    #expect(DeliveryStatus.allCases.map(\.rawValue) == ["Pending", "Delivered", "Failed", "Expired"])
    expectRefused(Message.self, json.replacing("SGVsbG8sIHdvcmxkIQ==", with: "Hello"), because: "base64")
  }

  @Test("tasks, what becomes of them, and the scheduler's counters")
  func scheduling() throws {
    let task = ScheduledTask(
      id: SampleID.task, agentID: SampleID.agent, priority: .high, scheduledTime: .epoch, timeout: .seconds(60),
      input: [1, 2], interruption: .fail)
    let json = """
      {"id":"00000000-0000-0000-0000-000000000002","agent_id":"\(agent)","priority":"High",
       "scheduled_time":"\(epoch)","timeout":60,"retry_count":0,"input":"AQI=","interruption":"Fail"}
      """
    try expectWire(task, json)
    let short = """
      {"id":"00000000-0000-0000-0000-000000000002","agent_id":"\(agent)","priority":"High",
       "scheduled_time":"\(epoch)","timeout":60,"retry_count":0}
      """
    var plain = task
    plain.input = []
    plain.interruption = .runAgain
    #expect(try JSONDecoder().decode(ScheduledTask.self, from: Data(short.utf8)) == plain)
    let running = RunningTask(task: task, executionID: SampleID.execution, startedAt: .epoch)
    try expectWire(
      running,
      #"{"task":\#(json),"execution_id":"00000000-0000-0000-0000-000000000005","started_at":"\#(epoch)"}"#)
    #expect(running.deadline == .epoch + .seconds(60))
    for (status, json) in [
      (TaskStatus.pending, #""Pending""#), (.running, #""Running""#), (.waiting, #""Waiting""#),
      (.completed(result: []), #""Completed""#), (.completed(result: [7]), #"{"Completed":{"result":"Bw=="}}"#),
      (.cancelled, #""Cancelled""#), (.timedOut, #""TimedOut""#),
      (.retrying(attempt: 2, at: .epoch), #"{"Retrying":{"attempt":2,"at":"\#(epoch)"}}"#),
      (
        .failed(ErrorRecord(code: "C", message: "m", isRetryable: false)),
        #"{"Failed":{"code":"C","message":"m","retryable":false}}"#
      ),
    ] { try expectWire(status, json) }
    expectRefused(TaskStatus.self, #""Lost""#, because: "TaskStatus has no case `Lost` without a payload")
    expectRefused(TaskStatus.self, #""Failed""#, because: "TaskStatus has no case `Failed` without a payload")
    try expectWire(
      SchedulerMetrics(pendingTasks: 1, completedTasks: 9, meanRunTime: .milliseconds(250), isPaused: true),
      """
      {"pending_tasks":1,"running_tasks":0,"completed_tasks":9,"failed_tasks":0,"cancelled_tasks":0,
       "timed_out_tasks":0,"retried_attempts":0,"rejected_tasks":0,"mean_queue_time":0,"mean_run_time":0.25,
       "paused":true}
      """)
    #expect(
      LoadBalancingStrategy.allCases.map(\.rawValue)
        == ["RoundRobin", "LeastConnections", "ResourceBased", "WeightedRoundRobin"])
  }

  @Test("actions, strategies and statistics of recovery")
  func recovery() throws {
    let retry = #"{"Retry":{"max_attempts":3,"backoff":0.5}}"#
    try expectWire(ErrorAction.retry(maxAttempts: 3, backoff: .milliseconds(500)), retry)
    try expectWire(ErrorAction.restart, #""Restart""#)
    try expectWire(ErrorAction.suspend, #""Suspend""#)
    try expectWire(ErrorAction.terminate, #""Terminate""#)
    try expectWire(ErrorAction.failover, #""Failover""#)
    try expectWire(RecoveryStrategy.retry(maxAttempts: 3, backoff: .milliseconds(500)), retry)
    try expectWire(RecoveryStrategy.restart(preserveState: true), #"{"Restart":{"preserve_state":true}}"#)
    try expectWire(RecoveryStrategy.failover(backupAgent: nil), #"{"Failover":{"backup_agent":null}}"#)
    try expectWire(
      RecoveryStrategy.failover(backupAgent: SampleID.other), #"{"Failover":{"backup_agent":"\#(other)"}}"#)
    try expectWire(RecoveryStrategy.terminate(cleanup: false), #"{"Terminate":{"cleanup":false}}"#)
    try expectWire(RecoveryStrategy.manual(reason: "r"), #"{"Manual":{"reason":"r"}}"#)
    try expectWire(RecoveryStrategy.none, #""None""#)
    expectRefused(ErrorAction.self, #"{"Restart":{}}"#, because: "no case `Restart` with a payload")
    expectRefused(RecoveryStrategy.self, #""Restart""#, because: "no case `Restart` without a payload")
    #expect(
      ErrorType.allCases.map(\.rawValue) == [
        "ResourceExhaustion", "NetworkError", "SecurityViolation", "PolicyViolation", "SystemError", "ValidationError",
      ])
    try expectWire(
      ErrorStatistics(
        agentID: SampleID.agent, totalErrors: 2, errorCounts: [.networkError: 2], errorsInWindow: 1,
        firstErrorAt: .epoch, recoveryAttempts: 1, breaker: .open(until: .epoch)),
      """
      {"agent_id":"\(agent)","total_errors":2,"errors_by_type":{"NetworkError":2},"errors_in_window":1,
       "first_error_at":"\(epoch)","recovery_attempts":1,"successful_recoveries":0,
       "breaker":{"Open":{"until":"\(epoch)"}}}
      """)
    try expectWire(BreakerStatus.halfOpen, #""HalfOpen""#)
    try expectWire(BreakerStatus.closed, #""Closed""#)
    try expectWire(
      SystemErrorStatistics(
        totalErrors: 1, errorCounts: [:], errorsInWindow: 1, affectedAgents: 1, openBreakers: 0, recoveryAttempts: 0,
        successfulRecoveries: 0),
      """
      {"total_errors":1,"errors_by_type":{},"errors_in_window":1,"affected_agents":1,"open_breakers":0,
       "recovery_attempts":0,"successful_recoveries":0}
      """)
  }

  @Test("tiers, levels and algorithms")
  func security() throws {
    for tier in SecurityTier.allCases { try expectWire(tier, "\"Tier\(tier.rawValue)\"") }
    #expect(SecurityTier.tier1 < .tier2 && SecurityTier.tier2 < .tier3)
    expectRefused(SecurityTier.self, #""Tier4""#, because: "expected one of `Tier1`, `Tier2`, `Tier3`, found `Tier4`")
    #expect(IsolationLevel.allCases.map(\.rawValue) == ["None", "Low", "Medium", "High", "Maximum"])
    #expect(IsolationLevel.allCases.sorted() == IsolationLevel.allCases)
    #expect(EncryptionAlgorithm.allCases.map(\.rawValue) == ["Aes256Gcm", "ChaCha20Poly1305"])
  }
}
