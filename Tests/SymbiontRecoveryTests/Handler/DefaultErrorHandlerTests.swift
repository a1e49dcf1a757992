import SymbiontCore
import SymbiontRecovery
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("The error handler")
struct DefaultErrorHandlerTests {
  private let agent = AgentID()

  @Test("answers each type of error with its usual strategy")
  func usualActions() async throws {
    let handler = try await TestWorld().open()
    let expected: [ErrorType: ErrorAction] = [
      .resourceExhaustion: .retry(maxAttempts: 3, backoff: .seconds(1)),
      .networkError: .retry(maxAttempts: 3, backoff: .seconds(1)), .systemError: .restart,
      .securityViolation: .suspend, .policyViolation: .suspend,
      .validationError: .retry(maxAttempts: 0, backoff: .zero),
    ]
    for type in ErrorType.allCases {
      #expect(try await handler.handleError(AgentID(), error: .sample(type)) == expected[type])
    }
  }

  @Test("answers with the registered strategy, and before it with that of the agent")
  func registeredStrategies() async throws {
    let world = try TestWorld()
    let handler = try await world.open()
    try await handler.registerStrategy(.networkError, strategy: .restart(preserveState: false))
    try await handler.registerStrategy(.networkError, strategy: .manual(reason: "r"), for: agent)
    for handler in [handler, try await world.open()] {
      #expect(try await handler.handleError(AgentID(), error: .network) == .restart)
      #expect(try await handler.handleError(agent, error: .network) == .suspend)
    }
  }

  @Test("refuses strategies and thresholds that are out of bounds, and names the field")
  func bounds() async throws {
    let handler = try await TestWorld().open(ErrorHandlerConfig(maxErrorHistory: 20))
    await #expect(throws: ErrorHandlerError.self) {
      try await handler.registerStrategy(.networkError, strategy: .retry(maxAttempts: 0, backoff: .zero))
    }
    await #expect(throws: ErrorHandlerError.self) {
      try await handler.registerStrategy(.networkError, strategy: .failover(backupAgent: agent), for: agent)
    }
    let error = await #expect(throws: ErrorHandlerError.self) {
      try await handler.setErrorThresholds(agent, thresholds: ErrorThresholds(escalationThreshold: 21))
    }
    #expect(error?.message.contains("only 20 errors of an agent are kept") == true)
    await #expect(throws: ErrorHandlerError.self) {
      try await TestWorld().open(ErrorHandlerConfig(maxErrorHistory: 5, escalationThreshold: 6))
    }
    await #expect(throws: ErrorHandlerError.self) {
      try await TestWorld().open(ErrorHandlerConfig(recoveryBackoffMultiplier: 0.5))
    }
  }

  @Test("escalates when the errors in the window reach the threshold, and calms down when they leave it")
  func escalation() async throws {
    let world = try TestWorld()
    let handler = try await world.open()
    try await handler.setErrorThresholds(
      agent, thresholds: ErrorThresholds(escalationThreshold: 3, window: .seconds(10), circuitBreakerThreshold: 100))
    let retry = ErrorAction.retry(maxAttempts: 3, backoff: .seconds(1))
    #expect(try await handler.handleError(agent, error: .network) == retry)
    #expect(try await handler.handleError(agent, error: .network) == retry)
    #expect(try await handler.handleError(agent, error: .network) == .restart)
    #expect(try await handler.getErrorStats(agent).errorsInWindow == 3)
    world.advance(by: .seconds(10))
    #expect(try await handler.getErrorStats(agent).errorsInWindow == 0)
    for plan in try await handler.pendingRecoveries() { try await handler.recordSuccess(of: plan) }
    try await handler.clearErrorHistory(agent)
    #expect(try await handler.handleError(agent, error: .network) == retry)
  }

  @Test("opens the breaker of one operation, fails fast, lets one call decide, and closes with its success")
  func breaker() async throws {
    let world = try TestWorld()
    let handler = try await world.open()
    let http = OperationName("http")
    for _ in 0..<4 { _ = try await handler.handleError(agent, error: .network, operation: http) }
    try handler.admit(agent, operation: http)
    // The error that opens it is retried when it lets a call through.
    let action = try await handler.handleError(agent, error: .network, operation: http)
    #expect(action == .retry(maxAttempts: 3, backoff: .seconds(1)))
    let until = world.now + .seconds(60)
    let open = ErrorHandlerError.circuitOpen(agentID: agent, until: until)
    #expect(throws: open) { try handler.admit(agent, operation: http) }
    await #expect(throws: open) { try await handler.handleError(agent, error: .network, operation: http) }
    #expect(try await handler.getErrorStats(agent).breaker == .open(until: until))
    #expect(await handler.getSystemErrorStats().openBreakers == 1)
    try handler.admit(agent, operation: OperationName("send"))
    try handler.admit(AgentID(), operation: http)
    world.advance(by: .seconds(60))
    try handler.admit(agent, operation: http)
    #expect(throws: ErrorHandlerError.self) { try handler.admit(agent, operation: http) }
    try await handler.recordSuccess(agent, operation: http)
    #expect(handler.breaker(agent, operation: http) == .closed)
    #expect(try await handler.getErrorStats(agent).breaker == .closed)
  }

  @Test("never holds up the isolation or the end of an agent for an open breaker")
  func securityGoesFirst() async throws {
    let handler = try await TestWorld().open()
    try await handler.registerStrategy(.policyViolation, strategy: .terminate(cleanup: true))
    for _ in 0..<5 { _ = try await handler.handleError(agent, error: .network) }
    await #expect(throws: ErrorHandlerError.self) { try await handler.handleError(agent, error: .network) }
    #expect(try await handler.handleError(agent, error: .sample(.securityViolation)) == .suspend)
    #expect(try await handler.handleError(agent, error: .sample(.policyViolation)) == .terminate)
  }

  @Test("keeps no more errors than are allowed, and counts all of them")
  func boundedHistory() async throws {
    let world = try TestWorld()
    let handler = try await world.open(
      ErrorHandlerConfig(maxErrorHistory: 10, escalationThreshold: 10, circuitBreakerThreshold: 1_000))
    for _ in 0..<35 {
      world.advance(by: .seconds(1))
      _ = try await handler.handleError(agent, error: .sample(.validationError))
    }
    #expect(try await handler.errors(of: agent, limit: 1_000).count == 10)
    let stats = try await handler.getErrorStats(agent)
    #expect(stats.totalErrors == 35)
    #expect(stats.errorCounts == [.validationError: 35])
    #expect(stats.errorsInWindow == 10)
    #expect(stats.lastErrorAt == world.now)
    #expect(stats.firstErrorAt == world.now - .seconds(34))
    #expect(stats.lastError?.code == "CONFIGURATION_MISSING")
  }

  @Test("knows nothing of an agent without an error, and nothing any more when its history is cleared")
  func clearing() async throws {
    let handler = try await TestWorld().open()
    let unknown = ErrorHandlerError.agentUnknown(agentID: agent)
    await #expect(throws: unknown) { try await handler.getErrorStats(agent) }
    await #expect(throws: unknown) { try await handler.clearErrorHistory(agent) }
    for _ in 0..<5 { _ = try await handler.handleError(agent, error: .network) }
    try await handler.clearErrorHistory(agent)
    await #expect(throws: unknown) { try await handler.getErrorStats(agent) }
    #expect(handler.breaker(agent) == .closed)
    #expect(try await handler.pendingRecoveries().isEmpty)
    let system = await handler.getSystemErrorStats()
    #expect(system.totalErrors == 0 && system.affectedAgents == 0 && system.errorsInWindow == 0)
  }

  @Test("sums up all agents")
  func systemStatistics() async throws {
    let world = try TestWorld()
    let handler = try await world.open()
    let agents = (0..<3).map { _ in AgentID() }
    for agent in agents { _ = try await handler.handleError(agent, error: .network) }
    _ = try await handler.handleError(agents[0], error: .system)
    let expected = SystemErrorStatistics(
      totalErrors: 4, errorCounts: [.networkError: 3, .systemError: 1], errorsInWindow: 4, affectedAgents: 3,
      openBreakers: 0, recoveryAttempts: 4, successfulRecoveries: 0)
    #expect(await handler.getSystemErrorStats() == expected)
    #expect(await (try await world.open()).getSystemErrorStats() == expected)
    world.advance(by: .seconds(300))
    #expect(await handler.getSystemErrorStats().errorsInWindow == 0)
  }

  @Test("takes nothing more after its shutdown, and still tells what it knows")
  func shutdown() async throws {
    let handler = try await TestWorld().open()
    _ = try await handler.handleError(agent, error: .network)
    try await handler.shutdown()
    try await handler.shutdown()
    await #expect(throws: ErrorHandlerError.shuttingDown) { try await handler.handleError(agent, error: .network) }
    await #expect(throws: ErrorHandlerError.shuttingDown) { try await handler.getErrorStats(agent) }
    #expect(throws: ErrorHandlerError.shuttingDown) { try handler.admit(agent) }
    #expect(await handler.getSystemErrorStats().totalErrors == 1)
  }

  @Test("asks a person when recovery is switched off")
  func switchedOff() async throws {
    let handler = try await TestWorld().open(ErrorHandlerConfig(isAutoRecoveryEnabled: false))
    #expect(try await handler.handleError(agent, error: .network) == .suspend)
  }

  @Test("reports what the store refuses, and has changed nothing")
  func storeFails() async throws {
    let world = try TestWorld()
    let handler = try await world.open()
    await world.store.close()
    let error = await #expect(throws: ErrorHandlerError.self) { try await handler.handleError(agent, error: .network) }
    #expect(error?.code == "ERROR_HANDLER_STORE_FAILED")
    #expect(await handler.getSystemErrorStats().totalErrors == 0)
    #expect(handler.breaker(agent) == .closed)
  }

  @Test("survives a restart of the store: breakers, counts, attempts, thresholds, groups")
  func durable() async throws {
    let directory = try TemporaryStoreDirectory()
    let first = try TestWorld(.disk(directory: directory.path))
    let before = try await first.open()
    let other = AgentID()
    try await before.setErrorThresholds(other, thresholds: ErrorThresholds(escalationThreshold: 2))
    for _ in 0..<5 { _ = try await before.handleError(agent, error: .network) }
    _ = try await before.handleError(other, error: .system)
    try await before.supervise(SupervisionGroup(name: "g", members: [.init(other)]))
    let statistics = try await before.getErrorStats(agent)
    let system = await before.getSystemErrorStats()
    let plans = try await before.pendingRecoveries()
    #expect(plans.count == 2)
    await first.store.close()

    let second = try TestWorld(.disk(directory: directory.path))
    let after = try await second.open()
    #expect(try await after.getErrorStats(agent) == statistics)
    #expect(await after.getSystemErrorStats() == system)
    #expect(try await after.pendingRecoveries() == plans)
    #expect(throws: ErrorHandlerError.self) { try after.admit(agent) }
    #expect(try await after.group(named: "g")?.group.members.map(\.agentID) == [other])
    second.advance(by: .seconds(60))
    try after.admit(agent)
    #expect(try await after.handleError(other, error: .system) == .restart)
    await second.store.close()
  }

  @Test("forgets an agent that does not exist any more")
  func forgetting() async throws {
    let world = try TestWorld()
    let handler = try await world.open()
    try await handler.registerStrategy(.networkError, strategy: .manual(reason: "r"), for: agent)
    for _ in 0..<5 { _ = try await handler.handleError(agent, error: .system) }
    try await handler.forgetAgent(agent)
    #expect(await handler.getSystemErrorStats().affectedAgents == 0)
    #expect(handler.breaker(agent) == .closed)
    #expect(
      try await handler.handleError(agent, error: .network) == .retry(maxAttempts: 3, backoff: .seconds(1)))
  }

  @Test("has breakers of its own for so many operations of an agent, and counts errors of further ones as the agent's")
  func boundedOperations() async throws {
    let world = try TestWorld()
    let handler = try await world.open(ErrorHandlerConfig(escalationThreshold: 1_000, circuitBreakerThreshold: 2))
    for number in 0..<70 {
      _ = try? await handler.handleError(agent, error: .network, operation: OperationName("operation \(number)"))
    }
    let agent = agent
    let rows = try await world.store.read { store in try store.recoveryBreakers(of: agent) }
    #expect(rows.count == 65)
    #expect(handler.breaker(agent) == .open(until: world.now + .seconds(60)))
    #expect(handler.breaker(agent, operation: OperationName("operation 69")) == .closed)
  }
}
