package import SymbiontCore

/// A recovery that is under way, as it is stored; the strategy is a text and the steps are JSON, empty for those that
/// follow from the strategy.
package struct RecoveryPlanRow: Sendable, Hashable {
  package var agentID: AgentID
  package var operation: String
  package var number: Int
  package var strategy: String
  package var steps: [UInt8]
  package var group: String?
  package var multiplier: Double
  package var startedAt: Timestamp
  package var attempt: Int
  package var doneSteps: Int
  package var backup: AgentID?

  package init(
    agentID: AgentID, operation: String, number: Int, strategy: String, steps: [UInt8], group: String?,
    multiplier: Double, startedAt: Timestamp, attempt: Int, doneSteps: Int, backup: AgentID?
  ) {
    self.agentID = agentID
    self.operation = operation
    self.number = number
    self.strategy = strategy
    self.steps = steps
    self.group = group
    self.multiplier = multiplier
    self.startedAt = startedAt
    self.attempt = attempt
    self.doneSteps = doneSteps
    self.backup = backup
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    agentID = try row.identifier(0)
    operation = try row.text(1)
    number = Int(try row.int(2))
    strategy = try row.text(3)
    steps = try row.blob(4)
    group = try row.optionalText(5)
    multiplier = try row.real(6)
    startedAt = try row.time(7)
    attempt = Int(try row.int(8))
    doneSteps = Int(try row.int(9))
    backup = try row.optionalID(10).map { AgentID(value: UniqueValue(high: $0.high, low: $0.low)) }
  }
}

extension StoreTransaction {
  /// The recoveries of an agent that are under way.
  package func recoveryPlans(of id: AgentID) throws -> [RecoveryPlanRow] {
    try all(
      """
      SELECT agent_id, operation, number, strategy, steps, group_name, multiplier, started_at, attempt, done_steps,
        backup_id FROM recovery_plans WHERE agent_id = ? ORDER BY operation
      """, .id(id), read: RecoveryPlanRow.init)
  }

  /// The recoveries that follow the rules of a group and are under way.
  package func recoveryPlans(ofGroup name: String) throws -> [RecoveryPlanRow] {
    try all(
      """
      SELECT agent_id, operation, number, strategy, steps, group_name, multiplier, started_at, attempt, done_steps,
        backup_id FROM recovery_plans WHERE group_name = ? ORDER BY agent_id, operation
      """, .text(name), read: RecoveryPlanRow.init)
  }

  /// The recoveries of other agents that follow the rules of a group, are under way, and whose steps hold these bytes; in no
  /// order, since only then the index of those of groups is read, and not every recovery.
  package func groupRecoveryPlans(notOf id: AgentID, holding bytes: [UInt8]) throws -> [RecoveryPlanRow] {
    try all(
      """
      SELECT agent_id, operation, number, strategy, steps, group_name, multiplier, started_at, attempt, done_steps,
        backup_id FROM recovery_plans WHERE group_name IS NOT NULL AND agent_id <> ? AND instr(steps, ?) > 0
      """, .id(id), .blob(bytes), read: RecoveryPlanRow.init)
  }

  /// Whether the steps of a recovery hold these bytes; nil when it is not under way any more.
  package func recoveryPlan(_ id: AgentID, operation: String, number: Int, holds bytes: [UInt8]) throws -> Bool? {
    try first(
      "SELECT instr(steps, ?) > 0 FROM recovery_plans WHERE agent_id = ? AND operation = ? AND number = ?",
      .blob(bytes), .id(id), .text(operation), .int(number)
    ) { row in try row.int(0) != 0 }
  }

  package func putRecoveryPlan(_ row: RecoveryPlanRow) throws {
    try execute(
      """
      INSERT OR REPLACE INTO recovery_plans (agent_id, operation, number, strategy, steps, group_name, multiplier,
        started_at, attempt, done_steps, backup_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(row.agentID), .text(row.operation), .int(row.number), .text(row.strategy), .blob(row.steps),
      .optional(row.group), .real(row.multiplier), .time(row.startedAt), .int(row.attempt), .int(row.doneSteps),
      .optional(row.backup))
  }

  /// Records how far a recovery has come; false when it is not under way any more.
  package func updateRecoveryPlan(
    _ id: AgentID, operation: String, number: Int, attempt: Int, doneSteps: Int, backup: AgentID?
  ) throws -> Bool {
    try execute(
      """
      UPDATE recovery_plans SET attempt = ?, done_steps = ?, backup_id = ?
        WHERE agent_id = ? AND operation = ? AND number = ?
      """,
      .int(attempt), .int(doneSteps), .optional(backup), .id(id), .text(operation), .int(number)) > 0
  }

  /// Forgets a recovery; false when it is not under way any more.
  package func removeRecoveryPlan(_ id: AgentID, operation: String, number: Int) throws -> Bool {
    try execute(
      "DELETE FROM recovery_plans WHERE agent_id = ? AND operation = ? AND number = ?", .id(id), .text(operation),
      .int(number)) > 0
  }

  /// All recoveries that are under way, the oldest first.
  package func recoveryPlans() throws -> [RecoveryPlanRow] {
    try all(
      """
      SELECT agent_id, operation, number, strategy, steps, group_name, multiplier, started_at, attempt, done_steps,
        backup_id FROM recovery_plans ORDER BY started_at, agent_id, operation
      """, read: RecoveryPlanRow.init)
  }
}
