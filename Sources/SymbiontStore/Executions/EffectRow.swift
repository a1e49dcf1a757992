package import SymbiontCore

/// How far an effect has come.
///
/// The raw value is stored.
package enum EffectState: Int64, Sendable, CaseIterable {
  /// It was about to be performed; without an outcome after a crash nobody knows whether it was.
  case intended = 0
  /// It waits for an event that will record its outcome.
  case waiting = 1
  /// Its outcome is recorded.
  case done = 2
}

/// One effect of an execution: a line of the journal.
package struct EffectRow: Sendable {
  package var sequence: Int
  /// The raw value of the language's effect.
  package var effect: UInt16
  package var state: EffectState
  package var request: [UInt8]
  package var outcome: [UInt8]?
  package var startedAt: Timestamp
  package var finishedAt: Timestamp?

  package init(
    sequence: Int, effect: UInt16, state: EffectState, request: [UInt8], outcome: [UInt8]? = nil,
    startedAt: Timestamp, finishedAt: Timestamp? = nil
  ) {
    self.sequence = sequence
    self.effect = effect
    self.state = state
    self.request = request
    self.outcome = outcome
    self.startedAt = startedAt
    self.finishedAt = finishedAt
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    sequence = Int(try row.int(0))
    guard let effect = UInt16(exactly: try row.int(1)) else { throw row.malformed(1, "an effect") }
    self.effect = effect
    guard let state = EffectState(rawValue: try row.int(2)) else { throw row.malformed(2, "a state of an effect") }
    self.state = state
    request = try row.blob(3)
    outcome = try row.optionalBlob(4)
    startedAt = try row.time(5)
    finishedAt = try row.optionalTime(6)
  }
}
