package import SymbiontCore

/// How a task ended, as it is stored.
package struct FinishedTaskRow: Sendable, Hashable {
  /// The place of the task in the order in which tasks ended.
  package var ordinal: Int64
  package var id: TaskID
  package var agentID: AgentID
  /// The name of its last status.
  package var status: String
  /// The result of a completed task, or the record of an error as JSON.
  package var outcome: [UInt8]?
  package var finishedAt: Timestamp

  package init(
    ordinal: Int64, id: TaskID, agentID: AgentID, status: String, outcome: [UInt8]?, finishedAt: Timestamp
  ) {
    self.ordinal = ordinal
    self.id = id
    self.agentID = agentID
    self.status = status
    self.outcome = outcome
    self.finishedAt = finishedAt
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    self.init(
      ordinal: try row.int(0), id: try row.identifier(1), agentID: try row.identifier(2), status: try row.text(3),
      outcome: try row.optionalBlob(4), finishedAt: try row.time(5))
  }
}
