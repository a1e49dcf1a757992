import SymbiontCore
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("What the error handler keeps")
struct RecoveryRowsTests {
  private static let time = Timestamp(microsecondsSinceEpoch: 1_700_000_000_000_001)
  private let agent = AgentID()

  private func agentRow() -> RecoveryAgentRow {
    var row = RecoveryAgentRow(agentID: agent)
    row.lastNumber = 9
    row.windowFirst = 4
    row.counts = [1, 2, 3, 4, 5, 6]
    row.firstErrorAt = Self.time
    row.lastErrorAt = Self.time + .seconds(1)
    row.attempts = 7
    row.successes = 3
    row.failuresInRow = 2
    row.thresholds = ErrorThresholds(escalationThreshold: 4, window: .milliseconds(1_500))
    return row
  }

  private func error(_ number: Int) -> RecoveryErrorRow {
    RecoveryErrorRow(
      agentID: agent, number: number, occurredAt: Self.time + .seconds(number), type: .networkError, operation: "http",
      record: ErrorRecord(code: "C", message: "m", isRetryable: true))
  }

  private func plan() -> RecoveryPlanRow {
    RecoveryPlanRow(
      agentID: agent, operation: "http", number: 9, strategy: "restart keep", steps: [1, 2], group: "g",
      multiplier: 1.5, startedAt: Self.time, attempt: 1, doneSteps: 2, backup: AgentID())
  }

  @Test("comes back as it was")
  func roundTrip() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let (row, plan, agent) = (agentRow(), plan(), agent)
    let breaker = RecoveryBreakerRow(
      agentID: agent, operation: "http", failures: 3, lastFailureAt: Self.time, openUntil: Self.time + .seconds(60))
    let strategies = [
      RecoveryStrategyRow(agentID: nil, type: .systemError, strategy: "none"),
      RecoveryStrategyRow(agentID: agent, type: .networkError, strategy: "restart keep"),
    ]
    let group = RecoveryGroupRow(
      name: "g", definition: [7], restarts: [Self.time, Self.time + .seconds(2)], isShutDown: true)
    let errors = (1...3).map(error)
    try await store.write { store in
      try store.putRecoveryAgent(row)
      for error in errors { try store.insertRecoveryError(error) }
      try store.putRecoveryBreaker(breaker)
      try store.putRecoveryPlan(plan)
      for strategy in strategies { try store.putRecoveryStrategy(strategy) }
      try store.putRecoveryGroup(group)
    }
    try await store.read { store in
      #expect(try store.recoveryAgent(agent) == row)
      #expect(try store.recoveryErrors(of: agent, limit: 2) == [errors[2], errors[1]])
      #expect(try store.recoveryErrorTime(agent, number: 2) == errors[1].occurredAt)
      #expect(try store.countRecoveryErrors(after: errors[0].occurredAt) == 2)
      #expect(try store.latestRecoveryTime() == errors[2].occurredAt)
      #expect(try store.recoveryBreaker(agent, operation: "http") == breaker)
      #expect(try store.recoveryBreakers() == [breaker])
      #expect(try store.recoveryPlans(of: agent) == [plan])
      #expect(try store.recoveryStrategies() == strategies)
      #expect(try store.recoveryGroup(named: "g") == group)
      let totals = try store.recoveryTotals()
      #expect(
        totals.counts == [1, 2, 3, 4, 5, 6] && totals.agents == 1 && totals.attempts == 7 && totals.successes == 3)
    }
    await store.close()
  }

  @Test("of a recovery changes only while that recovery is under way")
  func plans() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let (plan, agent) = (plan(), agent)
    try await store.write { store in
      try store.putRecoveryPlan(plan)
      #expect(
        try !store.updateRecoveryPlan(agent, operation: "http", number: 8, attempt: 2, doneSteps: 0, backup: nil))
      #expect(try store.updateRecoveryPlan(agent, operation: "http", number: 9, attempt: 2, doneSteps: 0, backup: nil))
      #expect(try store.recoveryPlans().map(\.attempt) == [2])
      #expect(try !store.removeRecoveryPlan(agent, operation: "http", number: 8))
      #expect(try store.removeRecoveryPlan(agent, operation: "http", number: 9))
      #expect(try store.recoveryPlans().isEmpty)
    }
    await store.close()
  }

  @Test("is gone with the agent, but for its place in a group")
  func removed() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let (row, error, plan, agent) = (agentRow(), error(1), plan(), agent)
    try await store.write { store in
      try store.putRecoveryAgent(row)
      try store.insertRecoveryError(error)
      try store.putRecoveryPlan(plan)
      try store.putRecoveryBreaker(
        RecoveryBreakerRow(agentID: agent, operation: "a", failures: 1, lastFailureAt: nil, openUntil: nil))
      try store.putRecoveryStrategy(RecoveryStrategyRow(agentID: agent, type: .systemError, strategy: "none"))
      try store.removeAgent(agent)
      #expect(try store.recoveryAgent(agent) == nil)
      #expect(try store.recoveryErrors(of: agent, limit: 9).isEmpty)
      #expect(
        try store.recoveryPlans().isEmpty && store.recoveryBreakers().isEmpty && store.recoveryStrategies().isEmpty)
    }
    await store.close()
  }

  @Test("has its tables in a data directory of every older version, whose agents stay", arguments: 1...7)
  func olderVersions(version: Int) async throws {
    #expect(StoreSchema.migrations.contains { $0.identifier == "0010-recovery" })
    let ladder = try MigrationLadder()
    let store = try await ladder.climb(from: version) { store in
      try store.execute(
        """
        INSERT INTO agents (id, name, state, mode, entry, configuration, program, created_at, updated_at,
          execution_count, error_count, restart_count) VALUES (?, 'a', 'Running', 'Persistent', '', x'', x'', 1, 1, 0, 0, 0)
        """, .id(high: 1, low: 2))
    }
    let row = agentRow()
    try await store.write { store in try store.putRecoveryAgent(row) }
    #expect(try await store.read { store in try store.recoveryAgent(row.agentID) } == row)
    #expect(try await store.read { store in try store.agentStates().count } == 1)
    await store.close()
  }
}
