package import SymbiontCore

/// A circuit breaker, as it is stored.
package struct RecoveryBreakerRow: Sendable, Hashable {
  package var agentID: AgentID
  package var operation: String
  package var failures: Int
  package var lastFailureAt: Timestamp?
  package var openUntil: Timestamp?

  package init(
    agentID: AgentID, operation: String, failures: Int, lastFailureAt: Timestamp?, openUntil: Timestamp?
  ) {
    self.agentID = agentID
    self.operation = operation
    self.failures = failures
    self.lastFailureAt = lastFailureAt
    self.openUntil = openUntil
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    agentID = try row.identifier(0)
    operation = try row.text(1)
    failures = Int(try row.int(2))
    lastFailureAt = try row.optionalTime(3)
    openUntil = try row.optionalTime(4)
  }
}

extension StoreTransaction {
  package func recoveryBreaker(_ id: AgentID, operation: String) throws -> RecoveryBreakerRow? {
    try first(
      """
      SELECT agent_id, operation, failures, last_failure_at, open_until FROM recovery_breakers
        WHERE agent_id = ? AND operation = ?
      """, .id(id), .text(operation), read: RecoveryBreakerRow.init)
  }

  package func putRecoveryBreaker(_ row: RecoveryBreakerRow) throws {
    try execute(
      """
      INSERT OR REPLACE INTO recovery_breakers (agent_id, operation, failures, last_failure_at, open_until)
        VALUES (?, ?, ?, ?, ?)
      """,
      .id(row.agentID), .text(row.operation), .int(row.failures), .optional(row.lastFailureAt),
      .optional(row.openUntil))
  }

  package func removeRecoveryBreaker(_ id: AgentID, operation: String) throws {
    try execute("DELETE FROM recovery_breakers WHERE agent_id = ? AND operation = ?", .id(id), .text(operation))
  }

  package func removeRecoveryBreakers(of id: AgentID) throws {
    try execute("DELETE FROM recovery_breakers WHERE agent_id = ?", .id(id))
  }

  package func countRecoveryBreakers(of id: AgentID) throws -> Int {
    try first("SELECT count(*) FROM recovery_breakers WHERE agent_id = ?", .id(id)) { row in Int(try row.int(0)) } ?? 0
  }

  package func recoveryBreakers(of id: AgentID) throws -> [RecoveryBreakerRow] {
    try all(
      """
      SELECT agent_id, operation, failures, last_failure_at, open_until FROM recovery_breakers
        WHERE agent_id = ? ORDER BY operation
      """, .id(id), read: RecoveryBreakerRow.init)
  }

  /// All breakers that have seen a failure.
  package func recoveryBreakers() throws -> [RecoveryBreakerRow] {
    try all(
      """
      SELECT agent_id, operation, failures, last_failure_at, open_until FROM recovery_breakers
        ORDER BY agent_id, operation
      """, read: RecoveryBreakerRow.init)
  }
}
