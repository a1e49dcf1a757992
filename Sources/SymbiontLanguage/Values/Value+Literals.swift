extension Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Makes ``Value/null``.
  public init(nilLiteral: ()) { self = .null }

  /// Makes a ``Value/bool(_:)``.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// Makes an ``Value/int(_:)``.
  public init(integerLiteral value: Int64) { self = .int(value) }

  /// Makes a ``Value/float(_:)``.
  public init(floatLiteral value: Double) { self = .float(value) }

  /// Makes a ``Value/string(_:)``.
  public init(stringLiteral value: String) { self = .string(value) }

  /// Makes an ``Value/array(_:)``.
  public init(arrayLiteral elements: Value...) { self = .array(elements) }

  /// Makes a ``Value/record(_:)``; of a repeated key the last value wins, in the first position.
  public init(dictionaryLiteral elements: (String, Value)...) { self = .record(Record(elements)) }
}
