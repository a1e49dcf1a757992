package import SymbiontCore

extension StoreTransaction {
  package func insertExecution(_ execution: ExecutionRow) throws {
    try execute(
      """
      INSERT INTO executions (id, agent_id, agent_name, program, input, branch_function, status, wake_at, deadline,
        parent_id, parent_sequence, branch, created_at, updated_at, origin)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(execution.id), .id(execution.agentID), .text(execution.agentName), .blob(execution.program),
      .blob(execution.input), .optional(execution.branchFunction), .int(execution.status.rawValue),
      .optional(execution.wakeAt), .optional(execution.deadline), .optional(execution.parent?.execution),
      .optional(execution.parent.map { Int64($0.sequence) }), .optional(execution.parent.map { Int64($0.branch) }),
      .time(execution.createdAt), .time(execution.updatedAt), .int(execution.origin.rawValue))
  }

  package func execution(_ id: ExecutionID) throws -> ExecutionRow? {
    try first(
      """
      SELECT id, agent_id, agent_name, program, input, branch_function, status, waits_for, wake_at, deadline,
        parent_id, parent_sequence, branch, outcome, created_at, updated_at, origin FROM executions WHERE id = ?
      """, .id(id), read: ExecutionRow.init)
  }

  /// The newest executions first.
  package func executions(limit: Int) throws -> [ExecutionRow] {
    try all(
      """
      SELECT id, agent_id, agent_name, program, input, branch_function, status, waits_for, wake_at, deadline,
        parent_id, parent_sequence, branch, outcome, created_at, updated_at, origin FROM executions
      ORDER BY id DESC LIMIT ?
      """, .int(limit), read: ExecutionRow.init)
  }

  /// The executions that an effect started, in the order of their branches.
  package func children(of execution: ExecutionID, sequence: Int) throws -> [ExecutionRow] {
    try all(
      """
      SELECT id, agent_id, agent_name, program, input, branch_function, status, waits_for, wake_at, deadline,
        parent_id, parent_sequence, branch, outcome, created_at, updated_at, origin FROM executions
      WHERE parent_id = ? AND parent_sequence = ? ORDER BY branch
      """, .id(execution), .int(sequence), read: ExecutionRow.init)
  }

  package func countUnfinishedChildren(of execution: ExecutionID, sequence: Int) throws -> Int {
    try count(
      "SELECT count(*) FROM executions WHERE parent_id = ? AND parent_sequence = ? AND status < 2", .id(execution),
      .int(sequence))
  }

  /// The unfinished executions of all agents, or of one, that are ready or waiting.
  package func unfinishedExecutions(_ status: ExecutionStatus, of agent: AgentID) throws -> [ExecutionID] {
    // `status < 2` says what a parameter cannot: that the index of unfinished executions holds all of them.
    try all(
      "SELECT id FROM executions WHERE agent_id = ? AND status = ? AND status < 2", .id(agent), .int(status.rawValue)
    ) { row in try row.identifier(0) }
  }

  /// Every ready execution of an agent that is not suspended: where a start goes on.
  package func readyExecutions() throws -> [ExecutionID] {
    try all(
      """
      SELECT executions.id FROM executions JOIN agents ON agents.id = executions.agent_id
      WHERE executions.status = 0 AND executions.status < 2 AND agents.state IN ('Running', 'Waiting')
      ORDER BY executions.id
      """
    ) { row in try row.identifier(0) }
  }

  /// How many unfinished executions of an agent are ready or waiting.
  package func countExecutions(_ status: ExecutionStatus, of agent: AgentID) throws -> Int {
    try count(
      "SELECT count(*) FROM executions WHERE agent_id = ? AND status = ? AND status < 2", .id(agent),
      .int(status.rawValue))
  }

  /// The agents that are running and whose unfinished executions all wait.
  package func waitingAgents() throws -> Set<AgentID> {
    var waiting: Set<AgentID> = []
    try query(
      "SELECT agent_id FROM executions WHERE status < 2 GROUP BY agent_id HAVING min(status) = 1"
    ) { row in waiting.insert(try row.identifier(0)) }
    return waiting
  }

  /// Lets an unfinished execution wait; false when it was finished meanwhile (cancelled).
  package func setWaiting(
    _ id: ExecutionID, for reason: WaitReason, wakeAt: Timestamp?, at time: Timestamp
  ) throws -> Bool {
    try execute(
      "UPDATE executions SET status = 1, waits_for = ?, wake_at = ?, updated_at = ? WHERE id = ? AND status < 2",
      .int(reason.rawValue), .optional(wakeAt), .time(time), .id(id)) > 0
  }

  /// Makes a waiting execution ready; false when it does not wait.
  @discardableResult
  package func setReady(_ id: ExecutionID, at time: Timestamp) throws -> Bool {
    try execute(
      """
      UPDATE executions SET status = 0, waits_for = NULL, wake_at = deadline, updated_at = ?
      WHERE id = ? AND status = 1
      """, .time(time), .id(id)) > 0
  }

  /// Finishes an execution; false when it is finished already.
  package func finishExecution(
    _ id: ExecutionID, as status: ExecutionStatus, outcome: [UInt8], at time: Timestamp
  ) throws -> Bool {
    let changed = try execute(
      """
      UPDATE executions SET status = ?, waits_for = NULL, wake_at = NULL, outcome = ?, updated_at = ?
      WHERE id = ? AND status < 2
      """, .int(status.rawValue), .blob(outcome), .time(time), .id(id))
    guard changed > 0 else { return false }
    try removeSnapshot(of: id)
    return true
  }

  /// All unfinished executions below the effects of one, itself not included.
  ///
  /// Spawned ones are on their own.
  package func unfinishedDescendants(of id: ExecutionID) throws -> [ExecutionID] {
    try all(
      """
      WITH RECURSIVE below (id) AS (
        SELECT id FROM executions WHERE parent_id = ?1 AND branch >= 0
        UNION ALL
        SELECT executions.id FROM executions JOIN below ON executions.parent_id = below.id WHERE branch >= 0)
      SELECT executions.id FROM below JOIN executions ON executions.id = below.id WHERE executions.status < 2
      """, .id(id)
    ) { row in try row.identifier(0) }
  }

  /// The executions whose timer or deadline is due, the earliest first.
  package func dueExecutions(at time: Timestamp, limit: Int) throws -> [ExecutionID] {
    try all("SELECT id FROM executions WHERE wake_at <= ? ORDER BY wake_at LIMIT ?", .time(time), .int(limit)) { row in
      try row.identifier(0)
    }
  }

  package func nextWake() throws -> Timestamp? {
    try first("SELECT wake_at FROM executions WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1") { row in
      try row.time(0)
    }
  }

  /// An execution of an agent that waits for a message, the oldest first.
  package func executionWaitingForMessage(of agent: AgentID) throws -> ExecutionID? {
    try first(
      """
      SELECT id FROM executions WHERE agent_id = ? AND status = 1 AND status < 2 AND waits_for = 1
      ORDER BY id LIMIT 1
      """, .id(agent)
    ) { row in try row.identifier(0) }
  }

  private func count(_ sql: StaticString, _ first: StoreValue, _ second: StoreValue) throws -> Int {
    Int(try self.first(sql, first, second) { row in try row.int(0) } ?? 0)
  }
}
