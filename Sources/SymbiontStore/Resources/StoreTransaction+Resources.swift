package import SymbiontCore

extension StoreTransaction {
  /// Keeps an allocation.
  ///
  /// One that the agent had is replaced.
  package func insertAllocation(_ row: AllocationRow) throws {
    let limits = row.limits
    try execute(
      """
      INSERT OR REPLACE INTO allocations (agent_id, memory_mb, cpu_cores, disk_io_mbps, network_io_mbps, execution_timeout,
        idle_timeout, allocated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(row.agentID), .int(limits.memoryMegabytes), .real(limits.cpuCores), .int(limits.diskMegabytesPerSecond),
      .int(limits.networkMegabytesPerSecond), .int(limits.executionTimeout.wholeMicroseconds),
      .int(limits.idleTimeout.wholeMicroseconds), .time(row.allocatedAt))
  }

  /// Changes the limits of an allocation; false when there is none.
  package func updateAllocation(_ agentID: AgentID, limits: ResourceLimits) throws -> Bool {
    try execute(
      """
      UPDATE allocations SET memory_mb = ?, cpu_cores = ?, disk_io_mbps = ?, network_io_mbps = ?,
        execution_timeout = ?, idle_timeout = ? WHERE agent_id = ?
      """,
      .int(limits.memoryMegabytes), .real(limits.cpuCores), .int(limits.diskMegabytesPerSecond),
      .int(limits.networkMegabytesPerSecond), .int(limits.executionTimeout.wholeMicroseconds),
      .int(limits.idleTimeout.wholeMicroseconds), .id(agentID)) > 0
  }

  /// Forgets an allocation; that there is none is no error.
  package func removeAllocation(_ agentID: AgentID) throws {
    try execute("DELETE FROM allocations WHERE agent_id = ?", .id(agentID))
  }

  /// All allocations.
  package func allocations() throws -> [AllocationRow] {
    try all(
      """
      SELECT agent_id, memory_mb, cpu_cores, disk_io_mbps, network_io_mbps, execution_timeout, idle_timeout, allocated_at
      FROM allocations ORDER BY agent_id
      """, read: AllocationRow.init)
  }
}
