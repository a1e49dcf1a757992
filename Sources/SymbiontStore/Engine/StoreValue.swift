/// A value for a placeholder of a statement.
package enum StoreValue: Sendable, Equatable {
  case null
  case int(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
  /// The 16 bytes of an identifier, most significant first, so that they sort as the identifiers do.
  case id(high: UInt64, low: UInt64)
}

extension StoreValue {
  package static func int(_ value: Int) -> StoreValue { .int(Int64(value)) }
  package static func bool(_ value: Bool) -> StoreValue { .int(value ? 1 : 0) }
  package static func optional(_ value: Int64?) -> StoreValue { value.map { .int($0) } ?? .null }
  package static func optional(_ value: Double?) -> StoreValue { value.map { .real($0) } ?? .null }
  package static func optional(_ value: String?) -> StoreValue { value.map { .text($0) } ?? .null }
  package static func optional(_ value: [UInt8]?) -> StoreValue { value.map { .blob($0) } ?? .null }
}

extension StoreValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(integerLiteral value: Int64) { self = .int(value) }
  package init(floatLiteral value: Double) { self = .real(value) }
  package init(stringLiteral value: String) { self = .text(value) }
}
