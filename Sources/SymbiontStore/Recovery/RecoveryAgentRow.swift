package import SymbiontCore

/// What the error handler counts of an agent, as it is stored.
package struct RecoveryAgentRow: Sendable, Hashable {
  package var agentID: AgentID
  /// The number of its last error; they count from 1 and go on when the history is cleared.
  package var lastNumber: Int
  /// The number of the oldest error in its window.
  package var windowFirst: Int
  /// How many errors there were of each type, in the order in which the types are declared.
  package var counts: [Int]
  package var firstErrorAt: Timestamp?
  package var lastErrorAt: Timestamp?
  package var attempts: Int
  package var successes: Int
  /// How many recoveries in a row did not help.
  package var failuresInRow: Int
  /// Nil where the configuration of the error handler holds.
  package var thresholds: ErrorThresholds?

  package init(agentID: AgentID) {
    self.agentID = agentID
    lastNumber = 0
    windowFirst = 1
    counts = Array(repeating: 0, count: ErrorType.allCases.count)
    attempts = 0
    successes = 0
    failuresInRow = 0
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    agentID = try row.identifier(0)
    lastNumber = Int(try row.int(1))
    windowFirst = Int(try row.int(2))
    counts = []
    counts.reserveCapacity(ErrorType.allCases.count)
    for column in 3..<9 { counts.append(Int(try row.int(Int32(column)))) }
    firstErrorAt = try row.optionalTime(9)
    lastErrorAt = try row.optionalTime(10)
    attempts = Int(try row.int(11))
    successes = Int(try row.int(12))
    failuresInRow = Int(try row.int(13))
    guard let escalation = try row.optionalInt(14) else { return }
    thresholds = ErrorThresholds(
      escalationThreshold: Int(escalation), window: .microseconds(try row.int(15)),
      circuitBreakerThreshold: Int(try row.int(16)), circuitBreakerTimeout: .microseconds(try row.int(17)))
  }
}

extension StoreTransaction {
  package func recoveryAgent(_ id: AgentID) throws -> RecoveryAgentRow? {
    try first(
      """
      SELECT agent_id, last_number, window_first, resource_errors, network_errors, security_errors, policy_errors,
        system_errors, validation_errors, first_error_at, last_error_at, attempts, successes, failures_in_row,
        escalation_threshold, window, breaker_threshold, breaker_timeout FROM recovery_agents WHERE agent_id = ?
      """, .id(id), read: RecoveryAgentRow.init)
  }

  /// Keeps what is counted, in place of what was kept before.
  package func putRecoveryAgent(_ row: RecoveryAgentRow) throws {
    guard row.counts.count == ErrorType.allCases.count else {
      throw StoreError.corrupt("there are \(row.counts.count) counts of errors")
    }
    let thresholds = row.thresholds
    try execute(
      """
      INSERT OR REPLACE INTO recovery_agents (agent_id, last_number, window_first, resource_errors, network_errors,
        security_errors, policy_errors, system_errors, validation_errors, first_error_at, last_error_at, attempts,
        successes, failures_in_row, escalation_threshold, window, breaker_threshold, breaker_timeout)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(row.agentID), .int(row.lastNumber), .int(row.windowFirst), .int(row.counts[0]), .int(row.counts[1]),
      .int(row.counts[2]), .int(row.counts[3]), .int(row.counts[4]), .int(row.counts[5]),
      .optional(row.firstErrorAt), .optional(row.lastErrorAt), .int(row.attempts), .int(row.successes),
      .int(row.failuresInRow), thresholds.map { .int($0.escalationThreshold) } ?? .null,
      thresholds.map { .int($0.window.wholeMicroseconds) } ?? .null,
      thresholds.map { .int($0.circuitBreakerThreshold) } ?? .null,
      thresholds.map { .int($0.circuitBreakerTimeout.wholeMicroseconds) } ?? .null)
  }

  /// Removes everything of an agent but its place in a group.
  package func removeRecovery(of id: AgentID) throws {
    try execute("DELETE FROM recovery_agents WHERE agent_id = ?", .id(id))
    try execute("DELETE FROM recovery_errors WHERE agent_id = ?", .id(id))
    try execute("DELETE FROM recovery_breakers WHERE agent_id = ?", .id(id))
    try execute("DELETE FROM recovery_plans WHERE agent_id = ?", .id(id))
    try execute("DELETE FROM recovery_strategies WHERE agent_id = ?", .id(id))
    try removeRecoveryCalls(of: id)
  }

  /// The sums over all agents: errors of each type, agents with an error, attempts and successes.
  package func recoveryTotals() throws -> (counts: [Int], agents: Int, attempts: Int, successes: Int) {
    try first(
      """
      SELECT total(resource_errors), total(network_errors), total(security_errors), total(policy_errors),
        total(system_errors), total(validation_errors), total(attempts), total(successes),
        count(*) FILTER (WHERE first_error_at IS NOT NULL) FROM recovery_agents
      """
    ) { row in
      var counts: [Int] = []
      for column in 0..<6 { counts.append(Int(try row.real(Int32(column)))) }
      return (counts, Int(try row.int(8)), Int(try row.real(6)), Int(try row.real(7)))
    } ?? (Array(repeating: 0, count: ErrorType.allCases.count), 0, 0, 0)
  }
}
