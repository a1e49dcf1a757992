package import SymbiontCore

/// A schedule, as it is stored.
package struct ScheduleRow: Sendable, Hashable {
  package var id: ScheduleID
  /// The schedule as JSON.
  package var definition: [UInt8]
  package var state: String
  /// Times after this one have not been dealt with yet.
  package var baseAt: Timestamp
  /// A time that waits for the task of an earlier one to end.
  package var heldAt: Timestamp?

  package init(id: ScheduleID, definition: [UInt8], state: String, baseAt: Timestamp, heldAt: Timestamp? = nil) {
    self.id = id
    self.definition = definition
    self.state = state
    self.baseAt = baseAt
    self.heldAt = heldAt
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    self.init(
      id: try row.identifier(0), definition: try row.blob(1), state: try row.text(2), baseAt: try row.time(3),
      heldAt: try row.optionalTime(4))
  }
}
