package import SymbiontCore

extension StoreTransaction {
  package func insertSandbox(_ sandbox: SandboxRow) throws {
    try execute(
      """
      INSERT INTO sandboxes (id, instance, boot_id, agent_id, engine, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      .id(sandbox.id), .text(sandbox.instance), .text(sandbox.bootID), .optional(sandbox.agentID),
      .text(sandbox.engine), .text(sandbox.state), .time(sandbox.createdAt))
  }

  package func setSandboxState(_ id: SandboxID, to state: String) throws {
    try execute("UPDATE sandboxes SET state = ? WHERE id = ?", .text(state), .id(id))
  }

  /// Gives a sandbox that waited in a pool to an agent.
  package func setSandboxAgent(_ id: SandboxID, to agentID: AgentID) throws {
    try execute("UPDATE sandboxes SET agent_id = ? WHERE id = ?", .id(agentID), .id(id))
  }

  /// All rows in the order of their creation; the orchestrator bounds how many there are.
  package func sandboxes() throws -> [SandboxRow] {
    try all(
      "SELECT id, instance, boot_id, agent_id, engine, state, created_at FROM sandboxes ORDER BY created_at, id",
      read: SandboxRow.init)
  }

  @discardableResult
  package func removeSandbox(_ id: SandboxID) throws -> Bool {
    try execute("DELETE FROM sandboxes WHERE id = ?", .id(id)) > 0
  }
}
