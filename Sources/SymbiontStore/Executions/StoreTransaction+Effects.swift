package import SymbiontCore

extension StoreTransaction {
  package func insertEffect(_ effect: EffectRow, of execution: ExecutionID) throws {
    try execute(
      """
      INSERT INTO effects (execution_id, sequence, effect, state, request, outcome, started_at, finished_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(execution), .int(effect.sequence), .int(Int64(effect.effect)), .int(effect.state.rawValue),
      .blob(effect.request), .optional(effect.outcome), .time(effect.startedAt), .optional(effect.finishedAt))
  }

  /// Records the outcome of an effect that has none yet; false when it has one, or is not there.
  @discardableResult
  package func finishEffect(
    _ sequence: Int, of execution: ExecutionID, outcome: [UInt8], at time: Timestamp
  ) throws -> Bool {
    try execute(
      """
      UPDATE effects SET state = 2, outcome = ?, finished_at = ?
      WHERE execution_id = ? AND sequence = ? AND state < 2
      """, .blob(outcome), .time(time), .id(execution), .int(sequence)) > 0
  }

  /// Forgets an effect of which nothing was done.
  package func removeIntendedEffect(_ sequence: Int, of execution: ExecutionID) throws {
    try execute(
      "DELETE FROM effects WHERE execution_id = ? AND sequence = ? AND state = ?", .id(execution), .int(sequence),
      .int(EffectState.intended.rawValue))
  }

  package func effect(_ sequence: Int, of execution: ExecutionID) throws -> EffectRow? {
    try first(
      """
      SELECT sequence, effect, state, request, outcome, started_at, finished_at FROM effects
      WHERE execution_id = ? AND sequence = ?
      """, .id(execution), .int(sequence), read: EffectRow.init)
  }

  /// The journal from a sequence number on, at most `limit` lines.
  package func effects(
    of execution: ExecutionID, from sequence: Int = 0, limit: Int
  ) throws -> [EffectRow] {
    try all(
      """
      SELECT sequence, effect, state, request, outcome, started_at, finished_at FROM effects
      WHERE execution_id = ? AND sequence >= ? ORDER BY sequence LIMIT ?
      """, .id(execution), .int(sequence), .int(limit), read: EffectRow.init)
  }

  /// The number of an execution's last effect: the one it waits for when it waits.
  package func lastEffect(of execution: ExecutionID) throws -> Int? {
    try first("SELECT sequence FROM effects WHERE execution_id = ? ORDER BY sequence DESC LIMIT 1", .id(execution)) {
      row in Int(try row.int(0))
    }
  }

  package func countEffects(of execution: ExecutionID) throws -> Int {
    Int(
      try first("SELECT count(*) FROM effects WHERE execution_id = ?", .id(execution)) { row in try row.int(0)
      } ?? 0)
  }

  /// Every effect that was intended and has no outcome: what a crash left open.
  package func openIntents() throws -> [(execution: ExecutionID, sequence: Int, effect: UInt16)] {
    try all(
      """
      SELECT effects.execution_id, effects.sequence, effects.effect FROM executions
      JOIN effects ON effects.execution_id = executions.id
      WHERE executions.status < 2 AND effects.state = 0
      """
    ) { row in
      (try row.identifier(0), Int(try row.int(1)), UInt16(truncatingIfNeeded: try row.int(2)))
    }
  }

  package func saveSnapshot(_ machine: [UInt8], of execution: ExecutionID, at sequence: Int) throws {
    try execute(
      "INSERT OR REPLACE INTO snapshots (execution_id, sequence, machine) VALUES (?, ?, ?)", .id(execution),
      .int(sequence), .blob(machine))
  }

  package func snapshot(of execution: ExecutionID) throws -> (sequence: Int, machine: [UInt8])? {
    try first("SELECT sequence, machine FROM snapshots WHERE execution_id = ?", .id(execution)) { row in
      (Int(try row.int(0)), try row.blob(1))
    }
  }

  package func removeSnapshot(of execution: ExecutionID) throws {
    try execute("DELETE FROM snapshots WHERE execution_id = ?", .id(execution))
  }
}
