package import SymbiontCore

extension StoreTransaction {
  /// Keeps a program's source under its hash; a program that is there already stays as it is.
  package func insertProgram(hash: [UInt8], name: String, source: [UInt8]) throws {
    try execute(
      "INSERT OR IGNORE INTO programs (hash, name, source) VALUES (?, ?, ?)", .blob(hash), .text(name), .blob(source))
  }

  package func program(hash: [UInt8]) throws -> (name: String, source: [UInt8])? {
    try first("SELECT name, source FROM programs WHERE hash = ?", .blob(hash)) { row in
      (try row.text(0), try row.blob(1))
    }
  }

  package func insertAgent(_ agent: AgentRow) throws {
    try execute(
      """
      INSERT INTO agents (id, name, state, mode, entry, time_limit, configuration, program, created_at, updated_at,
        execution_count, error_count, restart_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(agent.id), .text(agent.name), .text(agent.state.rawValue), .text(agent.mode.rawValue),
      .text(agent.entry), .optional(agent.timeLimit.map(\.wholeMicroseconds)), .blob(agent.configuration),
      .blob(agent.program), .time(agent.createdAt),
      .time(agent.updatedAt),
      .int(agent.executionCount), .int(agent.errorCount), .int(agent.restartCount))
  }

  package func agent(_ id: AgentID) throws -> AgentRow? {
    try first(
      """
      SELECT id, name, state, mode, entry, time_limit, configuration, program, created_at, updated_at,
        execution_count, error_count, restart_count FROM agents WHERE id = ?
      """, .id(id), read: AgentRow.init)
  }

  /// The newest agent of a name that is not terminated.
  package func agent(named name: String) throws -> AgentRow? {
    try first(
      """
      SELECT id, name, state, mode, entry, time_limit, configuration, program, created_at, updated_at,
        execution_count, error_count, restart_count FROM agents WHERE name = ? AND state NOT IN ('Terminating', 'Terminated')
        ORDER BY created_at DESC, id DESC LIMIT 1
      """, .text(name), read: AgentRow.init)
  }

  package func agentStanding(_ id: AgentID) throws -> AgentStanding? {
    try first("SELECT state, mode, restart_count, recoveries FROM agents WHERE id = ?", .id(id)) { row in
      AgentStanding(
        state: try row.parse(0, as: "an agent state") { AgentState(rawValue: $0) },
        mode: try row.parse(1, as: "an execution mode") { AgentMode(rawValue: $0) },
        restartCount: Int(try row.int(2)), recoveries: Int(try row.int(3)))
    }
  }

  /// All agents in the order of their creation.
  package func agents() throws -> [AgentRow] {
    try all(
      """
      SELECT id, name, state, mode, entry, time_limit, configuration, program, created_at, updated_at,
        execution_count, error_count, restart_count FROM agents ORDER BY created_at, id
      """, read: AgentRow.init)
  }

  package func agents(in state: AgentState) throws -> [AgentID] {
    try all("SELECT id FROM agents WHERE state = ?", .text(state.rawValue)) { row in try row.identifier(0)
    }
  }

  /// The running agents of one entry of a program.
  package func runningAgents(of program: [UInt8], entry: String) throws -> [AgentID] {
    try all(
      "SELECT id FROM agents WHERE state = 'Running' AND program = ? AND entry = ?", .blob(program), .text(entry)
    ) { row in try row.identifier(0) }
  }

  package func agentStates() throws -> [(id: AgentID, state: AgentState)] {
    try all("SELECT id, state FROM agents") { row in
      (try row.identifier(0), try row.parse(1, as: "an agent state") { AgentState(rawValue: $0) })
    }
  }

  package func countAgents() throws -> [AgentState: Int] {
    var counts: [AgentState: Int] = [:]
    try query("SELECT state, count FROM agent_counts WHERE count > 0") { row in
      counts[try row.parse(0, as: "an agent state") { AgentState(rawValue: $0) }] = Int(try row.int(1))
    }
    return counts
  }

  /// How many agents have not ended.
  package func countLivingAgents() throws -> Int {
    try first(
      "SELECT sum(count) FROM agent_counts WHERE state <> ?", .text(AgentState.terminated.rawValue)
    ) { row in Int(try row.optionalInt(0) ?? 0) } ?? 0
  }

  package func setAgentState(_ id: AgentID, to state: AgentState, at time: Timestamp) throws {
    try execute(
      "UPDATE agents SET state = ?, updated_at = ? WHERE id = ?", .text(state.rawValue), .time(time), .id(id))
  }

  package func setAgentEntry(
    _ id: AgentID, to entry: String, timeLimitMicroseconds: Int64
  ) throws {
    try execute(
      "UPDATE agents SET entry = ?, time_limit = ? WHERE id = ?", .text(entry), .int(timeLimitMicroseconds), .id(id))
  }

  /// Replaces name, configuration and program; the counters stay.
  package func updateAgent(
    _ id: AgentID, name: String, mode: AgentMode, configuration: [UInt8], program: [UInt8], at time: Timestamp
  ) throws {
    try execute(
      "UPDATE agents SET name = ?, mode = ?, configuration = ?, program = ?, updated_at = ? WHERE id = ?",
      .text(name), .text(mode.rawValue), .blob(configuration), .blob(program), .time(time), .id(id))
  }

  package func countAgent(
    _ id: AgentID, executions: Int = 0, errors: Int = 0, restarts: Int = 0, at time: Timestamp
  ) throws {
    try execute(
      """
      UPDATE agents SET execution_count = execution_count + ?, error_count = error_count + ?,
        restart_count = restart_count + ?, updated_at = ? WHERE id = ?
      """, .int(executions), .int(errors), .int(restarts), .time(time), .id(id))
  }

  package func setRecoveries(_ count: Int, of id: AgentID) throws {
    try execute("UPDATE agents SET recoveries = ? WHERE id = ?", .int(count), .id(id))
  }

  /// Removes a terminated agent with its memory, messages, subscriptions and errors.
  ///
  /// Its executions stay for the record.
  package func removeAgent(_ id: AgentID) throws {
    try execute("DELETE FROM agents WHERE id = ?", .id(id))
    try removeMemory(of: id)
    try execute("DELETE FROM messages WHERE recipient_id = ?", .id(id))
    try execute("DELETE FROM subscriptions WHERE agent_id = ?", .id(id))
    try removeRecovery(of: id)
  }
}
