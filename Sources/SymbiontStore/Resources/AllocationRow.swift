package import SymbiontCore

/// What an agent was given, as it is stored.
package struct AllocationRow: Sendable, Hashable {
  package var agentID: AgentID
  package var limits: ResourceLimits
  package var allocatedAt: Timestamp

  package init(agentID: AgentID, limits: ResourceLimits, allocatedAt: Timestamp) {
    self.agentID = agentID
    self.limits = limits
    self.allocatedAt = allocatedAt
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    agentID = try row.identifier(0)
    limits = ResourceLimits(
      memoryMegabytes: Int(try row.int(1)), cpuCores: try row.real(2), diskMegabytesPerSecond: Int(try row.int(3)),
      networkMegabytesPerSecond: Int(try row.int(4)), executionTimeout: .microseconds(try row.int(5)),
      idleTimeout: .microseconds(try row.int(6)))
    allocatedAt = try row.time(7)
  }
}
