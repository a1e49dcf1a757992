package import SymbiontCore

/// One error of an agent, as it is stored.
package struct RecoveryErrorRow: Sendable, Hashable {
  package var agentID: AgentID
  package var number: Int
  package var occurredAt: Timestamp
  package var type: ErrorType
  package var operation: String
  package var record: ErrorRecord

  package init(
    agentID: AgentID, number: Int, occurredAt: Timestamp, type: ErrorType, operation: String, record: ErrorRecord
  ) {
    self.agentID = agentID
    self.number = number
    self.occurredAt = occurredAt
    self.type = type
    self.operation = operation
    self.record = record
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    agentID = try row.identifier(0)
    number = Int(try row.int(1))
    occurredAt = try row.time(2)
    type = try row.parse(3, as: "a type of error") { ErrorType(rawValue: $0) }
    operation = try row.text(4)
    record = ErrorRecord(code: try row.text(5), message: try row.text(6), isRetryable: try row.bool(7))
  }
}

extension StoreTransaction {
  package func insertRecoveryError(_ row: RecoveryErrorRow) throws {
    try execute(
      """
      INSERT INTO recovery_errors (agent_id, number, occurred_at, type, operation, code, message, is_retryable)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(row.agentID), .int(row.number), .time(row.occurredAt), .text(row.type.rawValue), .text(row.operation),
      .text(row.record.code), .text(row.record.message), .bool(row.record.isRetryable))
  }

  /// When the error of a number was; nil when it is not kept.
  package func recoveryErrorTime(_ id: AgentID, number: Int) throws -> Timestamp? {
    try first(
      "SELECT occurred_at FROM recovery_errors WHERE agent_id = ? AND number = ?", .id(id), .int(number)
    ) { row in try row.time(0) }
  }

  /// The kept errors of an agent, the newest first.
  package func recoveryErrors(of id: AgentID, limit: Int) throws -> [RecoveryErrorRow] {
    try all(
      """
      SELECT agent_id, number, occurred_at, type, operation, code, message, is_retryable FROM recovery_errors
        WHERE agent_id = ? ORDER BY number DESC LIMIT ?
      """, .id(id), .int(limit), read: RecoveryErrorRow.init)
  }

  /// Forgets the errors of an agent up to a number.
  package func removeRecoveryErrors(of id: AgentID, through number: Int) throws {
    try execute("DELETE FROM recovery_errors WHERE agent_id = ? AND number <= ?", .id(id), .int(number))
  }

  /// How many kept errors of all agents came after a time.
  package func countRecoveryErrors(after time: Timestamp) throws -> Int {
    try first("SELECT count(*) FROM recovery_errors WHERE occurred_at > ?", .time(time)) { row in Int(try row.int(0)) }
      ?? 0
  }

  /// The latest time that the error handler recorded.
  package func latestRecoveryTime() throws -> Timestamp? {
    try first("SELECT max(occurred_at) FROM recovery_errors") { row in try row.optionalTime(0) } ?? nil
  }
}
