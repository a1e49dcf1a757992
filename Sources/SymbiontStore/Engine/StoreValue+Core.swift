package import SymbiontCore

extension StoreValue {
  package static func id(_ identifier: some Identifier) -> StoreValue {
    .id(high: identifier.value.high, low: identifier.value.low)
  }

  package static func optional(_ identifier: (some Identifier)?) -> StoreValue {
    identifier.map { .id($0) } ?? .null
  }

  package static func time(_ timestamp: Timestamp) -> StoreValue { .int(timestamp.microsecondsSinceEpoch) }

  package static func optional(_ timestamp: Timestamp?) -> StoreValue { timestamp.map { .time($0) } ?? .null }
}

extension StoreRow {
  package func identifier<ID: Identifier>(_ column: Int32, as type: ID.Type = ID.self) throws(StoreError) -> ID {
    let halves = try id(column)
    return ID(value: UniqueValue(high: halves.high, low: halves.low))
  }

  package func time(_ column: Int32) throws(StoreError) -> Timestamp {
    Timestamp(microsecondsSinceEpoch: try int(column))
  }

  package func optionalTime(_ column: Int32) throws(StoreError) -> Timestamp? {
    isNull(column) ? nil : try time(column)
  }
}

extension Duration {
  /// Whole microseconds, for limits of at most some years, which fit.
  var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds &* 1_000_000 &+ attoseconds / 1_000_000_000_000
  }
}
