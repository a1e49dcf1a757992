package import SymbiontCore

/// A sandbox that the runtime owns, written before anything of it exists on the machine.
///
/// Whatever a runtime that died had made is found by these rows and by the marks on the objects themselves.
package struct SandboxRow: Sendable, Hashable {
  package var id: SandboxID
  /// The mark of the data directory, which the sandbox's objects carry in their names.
  package var instance: String
  /// The boot of the machine on which it was made: after another boot only files can be left of it.
  package var bootID: String
  package var agentID: AgentID?
  /// The engine that makes it, by its wire name.
  package var engine: String
  /// Where it was in its life when this was written, by the name of the status.
  package var state: String
  package var createdAt: Timestamp

  package init(
    id: SandboxID, instance: String, bootID: String, agentID: AgentID?, engine: String, state: String,
    createdAt: Timestamp
  ) {
    self.id = id
    self.instance = instance
    self.bootID = bootID
    self.agentID = agentID
    self.engine = engine
    self.state = state
    self.createdAt = createdAt
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    id = try row.identifier(0)
    instance = try row.text(1)
    bootID = try row.text(2)
    agentID = try row.isNull(3) ? nil : row.identifier(3)
    engine = try row.text(4)
    state = try row.text(5)
    createdAt = try row.time(6)
  }
}
