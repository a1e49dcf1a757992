package import SymbiontCore

extension StoreTransaction {
  package func remember(_ key: String, _ value: [UInt8], of agent: AgentID, at time: Timestamp) throws {
    try execute(
      """
      INSERT INTO memory_entries (agent_id, key, value, updated_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (agent_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
      """, .id(agent), .text(key), .blob(value), .time(time))
  }

  package func recall(_ key: String, of agent: AgentID) throws -> [UInt8]? {
    try first("SELECT value FROM memory_entries WHERE agent_id = ? AND key = ?", .id(agent), .text(key)) { row in
      try row.blob(0)
    }
  }

  /// Forgets a key; false when there was none.
  package func forget(_ key: String, of agent: AgentID) throws -> Bool {
    try execute("DELETE FROM memory_entries WHERE agent_id = ? AND key = ?", .id(agent), .text(key)) > 0
  }

  /// Adds a record to one of an agent's stores, found by the words of `text`.
  ///
  /// Gives its number.
  package func insertMemoryRecord(
    _ record: [UInt8], text: String, store: String, of agent: AgentID, at time: Timestamp
  ) throws -> Int64 {
    try execute(
      "INSERT INTO memory_records (agent_id, store, record, created_at) VALUES (?, ?, ?, ?)", .id(agent),
      .text(store), .blob(record), .time(time))
    let number = lastInsertedRow
    try execute("INSERT INTO memory_texts (rowid, text) VALUES (?, ?)", .int(number), .text(text))
    return number
  }

  /// The records that hold every given word, the best first.
  ///
  /// `words` is an FTS5 expression made of quoted words.
  package func searchMemoryRecords(
    matching words: String, store: String, of agent: AgentID, limit: Int
  ) throws -> [[UInt8]] {
    try all(
      """
      SELECT memory_records.record FROM memory_texts
      JOIN memory_records ON memory_records.id = memory_texts.rowid
      WHERE memory_texts MATCH ? AND memory_records.agent_id = ? AND memory_records.store = ?
      ORDER BY bm25(memory_texts), memory_records.id LIMIT ?
      """, .text(words), .id(agent), .text(store), .int(limit)
    ) { row in try row.blob(0) }
  }

  /// The newest records of a store.
  package func latestMemoryRecords(store: String, of agent: AgentID, limit: Int) throws -> [[UInt8]] {
    try all(
      "SELECT record FROM memory_records WHERE agent_id = ? AND store = ? ORDER BY id DESC LIMIT ?", .id(agent),
      .text(store), .int(limit)
    ) { row in try row.blob(0) }
  }

  /// Forgets everything that an agent has in its memory.
  package func removeMemory(of agent: AgentID) throws {
    try execute("DELETE FROM memory_entries WHERE agent_id = ?", .id(agent))
    try removeMemoryRecords(of: agent)
  }

  private func removeMemoryRecords(of agent: AgentID) throws {
    try execute(
      "DELETE FROM memory_texts WHERE rowid IN (SELECT id FROM memory_records WHERE agent_id = ?)", .id(agent))
    try execute("DELETE FROM memory_records WHERE agent_id = ?", .id(agent))
  }
}
