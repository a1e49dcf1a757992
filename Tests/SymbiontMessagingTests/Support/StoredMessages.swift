import SymbiontCore
import SymbiontStore

/// A message as the store has it.
struct StoredMessage: Sendable {
  let row: EnvelopeRow
  let location: EnvelopeLocation
}

extension StoreTransaction {
  func storedMessages() throws -> [MessageID: StoredMessage] {
    var locations: [EnvelopeLocation] = []
    try eachEnvelopeGroup { number, group in
      locations += (0..<group.count).map { EnvelopeLocation(group: number, place: $0) }
    }
    var messages: [MessageID: StoredMessage] = [:]
    for (location, row) in try envelopes(locations) {
      messages[row.id] = StoredMessage(row: row, location: location)
    }
    return messages
  }

  /// Puts other bytes of the same number in the place of an envelope.
  func replaceEnvelope(at location: EnvelopeLocation, with envelope: [UInt8]) throws {
    guard let range = try envelopeGroup(location.group)?.range(Int(location.place)), range.count == envelope.count,
      var envelopes = try first(
        "SELECT envelopes FROM bus_envelopes WHERE number = ?", .int(location.group), read: { try $0.blob(0) })
    else { throw StoreError.corrupt("there is no such envelope") }
    envelopes.replaceSubrange(range, with: envelope)
    try execute("UPDATE bus_envelopes SET envelopes = ? WHERE number = ?", .blob(envelopes), .int(location.group))
  }
}
