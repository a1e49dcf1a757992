package import SymbiontCore

/// A call of an agent that failed and is repeated.
package struct RecoveryCallRow: Sendable, Hashable {
  /// The execution that failed.
  package var executionID: ExecutionID
  /// Its last repetition; nil before the first.
  package var repeatID: ExecutionID?

  init(_ row: borrowing StoreRow) throws(StoreError) {
    executionID = try row.identifier(0)
    repeatID = try row.optionalID(1).map { ExecutionID(value: UniqueValue(high: $0.high, low: $0.low)) }
  }
}

extension StoreTransaction {
  /// Has a call repeated, unless so many of the agent's are already; false then.
  package func insertRecoveryCall(_ execution: ExecutionID, of id: AgentID, atMost maximum: Int) throws -> Bool {
    let count = try first("SELECT count(*) FROM recovery_calls WHERE agent_id = ?", .id(id)) { row in try row.int(0) }
    guard count ?? 0 < maximum else { return false }
    try execute("INSERT OR IGNORE INTO recovery_calls (agent_id, execution_id) VALUES (?, ?)", .id(id), .id(execution))
    return true
  }

  /// The calls of an agent that are to be repeated, the oldest first.
  package func recoveryCalls(of id: AgentID) throws -> [RecoveryCallRow] {
    try all(
      "SELECT execution_id, repeat_id FROM recovery_calls WHERE agent_id = ? ORDER BY execution_id", .id(id),
      read: RecoveryCallRow.init)
  }

  /// A call that is to be repeated; nil when it is not any more.
  package func recoveryCall(_ execution: ExecutionID, of id: AgentID) throws -> RecoveryCallRow? {
    try first(
      "SELECT execution_id, repeat_id FROM recovery_calls WHERE agent_id = ? AND execution_id = ?", .id(id),
      .id(execution), read: RecoveryCallRow.init)
  }

  /// The agents with calls that are to be repeated by no recovery that is under way.
  package func agentsWithRecoveryCalls() throws -> [AgentID] {
    try all(
      """
      SELECT DISTINCT agent_id FROM recovery_calls
      WHERE agent_id NOT IN (SELECT agent_id FROM recovery_plans WHERE operation = 'agent')
      """
    ) { row in try row.identifier(0) }
  }

  package func setRecoveryRepeat(_ repetition: ExecutionID, of execution: ExecutionID, agentID: AgentID) throws {
    try self.execute(
      "UPDATE recovery_calls SET repeat_id = ? WHERE agent_id = ? AND execution_id = ?", .id(repetition), .id(agentID),
      .id(execution))
  }

  /// A repetition succeeded: its call is not repeated any more.
  package func removeRecoveryCall(repeatedBy repetition: ExecutionID, of id: AgentID) throws {
    try execute("DELETE FROM recovery_calls WHERE agent_id = ? AND repeat_id = ?", .id(id), .id(repetition))
  }

  package func removeRecoveryCalls(of id: AgentID) throws {
    try execute("DELETE FROM recovery_calls WHERE agent_id = ?", .id(id))
  }
}
