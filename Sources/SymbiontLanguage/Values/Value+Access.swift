extension Value {
  /// The truth value, when it is one.
  public var boolValue: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The whole number, when it is one; a float is not converted.
  public var intValue: Int64? {
    guard case .int(let value) = self else { return nil }
    return value
  }

  /// The number as a float, when it is a float or a whole number.
  public var floatValue: Double? {
    switch self {
    case .float(let value): value
    case .int(let value): Double(value)
    default: nil
    }
  }

  /// The text, when it is a string.
  public var stringValue: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The elements, when it is an array.
  public var arrayValue: [Value]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The fields, when it is a record.
  public var recordValue: Record? {
    guard case .record(let record) = self else { return nil }
    return record
  }

  /// Whether it is ``Value/null``.
  public var isNull: Bool {
    guard case .null = self else { return false }
    return true
  }

  /// The field with this key, when it is a record that has it.
  public subscript(key: String) -> Value? {
    guard case .record(let record) = self else { return nil }
    return record[key]
  }

  /// The element at this index, when it is an array that has it.
  public subscript(index: Int) -> Value? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }
}
