extension TypeTable {
  /// Says why a value is not of a type, or nothing when it is.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - type: The type, whose references are looked up in this table.
  ///   - path: What the value is called in a message.
  public func validate(_ value: Value, as type: ValueType, path: String = "input") -> TypeMismatch? {
    do throws(TypeMismatch) {
      _ = try converted(value, to: type, depth: 0)
      return nil
    } catch {
      return error.rooted(at: path)
    }
  }

  /// The value as its declared type wants it: whole numbers become floats where floats are declared, missing optional
  /// fields become `null`, and everything else stays as it is.
  ///
  /// - Throws: ``TypeMismatch`` when the value is not of the type.
  public func coerce(
    _ value: Value, to type: ValueType, path: String = "input"
  ) throws(TypeMismatch) -> Value {
    do throws(TypeMismatch) {
      return try converted(value, to: type, depth: 0) ?? value
    } catch {
      throw error.rooted(at: path)
    }
  }

  /// The converted value, or nothing when it can stay as it is.
  ///
  /// Recursion follows the value, never the type alone: ``ValueLimits/maximumDepth`` bounds it.
  private func converted(_ value: Value, to declared: ValueType, depth: Int) throws(TypeMismatch) -> Value? {
    let type = try resolved(declared, for: value)
    switch (type, value) {
    case (.any, _), (.null, .null), (.string, .string), (.int, .int), (.float, .float), (.bool, .bool),
      (.optional, .null):
      return nil
    case (.float, .int(let number)):
      return .float(Double(number))
    case (.array(let element), .array(let elements)):
      try checkDepth(depth)
      return try convertedElements(elements, to: element, depth: depth + 1)
    case (.map(let key, let content), .record(let record)):
      try checkDepth(depth)
      return try convertedMap(record, key: key, value: content, depth: depth + 1)
    case (.record(let recordType), .record(let record)):
      try checkDepth(depth)
      return try convertedRecord(record, to: recordType, depth: depth + 1)
    case (.result(let success, let failure), .record(let record)):
      try checkDepth(depth)
      return try convertedResult(record, success: success, failure: failure, depth: depth + 1)
    default:
      throw TypeMismatch(expected: describe(declared), found: value.typeName)
    }
  }

  /// Follows names and optionals to a type that says something about this value.
  private func resolved(_ declared: ValueType, for value: Value) throws(TypeMismatch) -> ValueType {
    var type = declared
    for _ in 0..<TypeLimits.maximumAliasSteps {
      switch type {
      case .named(let index):
        guard let target = self[index] else {
          throw TypeMismatch(expected: describe(type), found: value.typeName)
        }
        type = target
      case .optional(let wrapped):
        if value.isNull { return type }
        type = wrapped
      default:
        return type
      }
    }
    throw TypeMismatch(expected: "\(describe(declared)) (declared in terms of itself)", found: value.typeName)
  }

  private func convertedElements(
    _ elements: [Value], to type: ValueType, depth: Int
  ) throws(TypeMismatch) -> Value? {
    var changed: [Value]?
    for (index, element) in elements.enumerated() {
      do throws(TypeMismatch) {
        guard let conversion = try converted(element, to: type, depth: depth) else { continue }
        if changed == nil { changed = elements }
        changed?[index] = conversion
      } catch {
        throw error.within(index: index)
      }
    }
    return changed.map { .array($0) }
  }

  private func convertedMap(
    _ record: Record, key: ValueType, value: ValueType, depth: Int
  ) throws(TypeMismatch) -> Value? {
    var changed: Record?
    for field in record {
      do throws(TypeMismatch) {
        try checkKey(field.key, as: key)
        guard let conversion = try converted(field.value, to: value, depth: depth) else { continue }
        if changed == nil { changed = record }
        changed?[field.key] = conversion
      } catch {
        throw error.within(field: field.key)
      }
    }
    return changed.map { .record($0) }
  }

  private func convertedRecord(
    _ record: Record, to type: RecordType, depth: Int
  ) throws(TypeMismatch) -> Value? {
    var changed: Record?
    for field in type.fields {
      do throws(TypeMismatch) {
        let conversion: Value?
        if let value = record[field.name] {
          conversion = try converted(value, to: field.type, depth: depth)
        } else {
          conversion = try valueOfMissing(field)
        }
        guard let conversion else { continue }
        if changed == nil { changed = record }
        changed?[field.name] = conversion
      } catch {
        throw error.within(field: field.name)
      }
    }
    return changed.map { .record($0) }
  }

  private func convertedResult(
    _ record: Record, success: ValueType, failure: ValueType, depth: Int
  ) throws(TypeMismatch) -> Value? {
    let expected = "record with one field, ok or error"
    guard let field = record.first, record.count == 1 else {
      throw TypeMismatch(expected: expected, found: "record with \(record.count) fields")
    }
    guard field.key == "ok" || field.key == "error" else {
      throw TypeMismatch(expected: expected, found: "record with another field")
    }
    do throws(TypeMismatch) {
      let conversion = try converted(field.value, to: field.key == "ok" ? success : failure, depth: depth)
      return conversion.map { .record([field.key: $0]) }
    } catch {
      throw error.within(field: field.key)
    }
  }

  private func valueOfMissing(_ field: RecordType.Field) throws(TypeMismatch) -> Value {
    let missing = TypeMismatch(expected: describe(field.type), found: "nothing")
    guard case .optional = try? resolved(field.type, for: .null) else { throw missing }
    return .null
  }

  /// Keys are texts: a key type other than `String` says what the text must read as.
  private func checkKey(_ key: String, as type: ValueType) throws(TypeMismatch) {
    let isValid =
      switch try resolved(type, for: .string(key)) {
      case .any, .string: true
      case .int: (try? NumberText.int(key)) != nil
      case .float: (try? NumberText.float(key)) != nil
      case .bool: key == "true" || key == "false"
      default: false
      }
    guard isValid else { throw TypeMismatch(expected: "key of type \(describe(type))", found: "another text") }
  }

  private func checkDepth(_ depth: Int) throws(TypeMismatch) {
    guard depth < ValueLimits.maximumDepth else {
      throw TypeMismatch(expected: "at most \(ValueLimits.maximumDepth) levels of nesting", found: "more")
    }
  }
}
