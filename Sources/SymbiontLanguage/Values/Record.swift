/// Named fields in insertion order.
///
/// Keys are compared by Unicode scalar. Two records are equal when they have the same fields, in whatever order. Small
/// records are searched linearly, larger ones by a hash index; both cost what a reader expects of a dictionary.
public struct Record: Sendable {
  /// A key with its value.
  public struct Field: Sendable, Hashable {
    /// The key.
    public var key: String
    /// The value.
    public var value: Value

    /// Makes a field.
    public init(key: String, value: Value) {
      self.key = key
      self.value = value
    }

    /// Whether both have the same key, scalar by scalar, and the same value.
    public static func == (left: Field, right: Field) -> Bool {
      ExactText.areEqual(left.key, right.key) && left.value == right.value
    }
  }

  /// From this many fields on, a hash index is kept: below it, scanning the keys is faster than hashing one.
  static let indexThreshold = 12

  private var fields: [Field]
  private var positions: [RecordKey: Int]?

  /// Makes a record without fields.
  public init() {
    fields = []
    positions = nil
  }

  /// Makes a record of pairs; of a repeated key the last value wins, in the first position.
  public init(_ pairs: some Sequence<(String, Value)>) {
    self.init()
    reserveCapacity(pairs.underestimatedCount)
    for (key, value) in pairs { updateValue(value, forKey: key) }
  }

  /// How many fields there are.
  public var count: Int { fields.count }

  /// Whether there are none.
  public var isEmpty: Bool { fields.isEmpty }

  /// The keys in insertion order.
  public var keys: [String] { fields.map(\.key) }

  /// The values in insertion order.
  public var values: [Value] { fields.map(\.value) }

  /// The value of the field with this key.
  ///
  /// Setting a new key appends a field; setting `nil` removes the field.
  public subscript(key: String) -> Value? {
    get { position(of: key).map { fields[$0].value } }
    set {
      if let newValue {
        updateValue(newValue, forKey: key)
      } else {
        removeValue(forKey: key)
      }
    }
  }

  /// Sets a field and returns the value it had.
  @discardableResult
  public mutating func updateValue(_ value: Value, forKey key: String) -> Value? {
    guard let position = position(of: key) else {
      append(Field(key: key, value: value))
      return nil
    }
    let previous = fields[position].value
    fields[position].value = value
    return previous
  }

  /// Adds a field unless there is one with this key; says whether it did.
  package mutating func appendNew(_ value: Value, forKey key: String) -> Bool {
    guard position(of: key) == nil else { return false }
    append(Field(key: key, value: value))
    return true
  }

  /// Removes a field and returns the value it had.
  ///
  /// Takes time linear in the number of fields, whose order it keeps.
  @discardableResult
  public mutating func removeValue(forKey key: String) -> Value? {
    guard let position = position(of: key) else { return nil }
    let removed = fields.remove(at: position)
    if positions != nil { rebuildIndex() }
    return removed.value
  }

  /// Makes room for this many fields.
  public mutating func reserveCapacity(_ capacity: Int) {
    fields.reserveCapacity(capacity)
  }

  /// The place of the field with this key in the insertion order.
  public func position(of key: String) -> Int? {
    if let positions { return positions[RecordKey(text: key)] }
    return fields.firstIndex { ExactText.areEqual($0.key, key) }
  }

  private mutating func append(_ field: Field) {
    fields.append(field)
    if positions != nil {
      positions?[RecordKey(text: field.key)] = fields.count - 1
    } else if fields.count >= Self.indexThreshold {
      rebuildIndex()
    }
  }

  private mutating func rebuildIndex() {
    guard fields.count >= Self.indexThreshold else {
      positions = nil
      return
    }
    var index = [RecordKey: Int](minimumCapacity: fields.count)
    for (position, field) in fields.enumerated() { index[RecordKey(text: field.key)] = position }
    positions = index
  }
}

extension Record: RandomAccessCollection {
  /// The first position.
  public var startIndex: Int { fields.startIndex }
  /// The position past the last.
  public var endIndex: Int { fields.endIndex }
  /// The field at a position of the insertion order.
  public subscript(position: Int) -> Field { fields[position] }
}

extension Record: ExpressibleByDictionaryLiteral {
  /// Makes a record of a literal; of a repeated key the last value wins, in the first position.
  public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}

extension Record: Hashable {
  /// Whether both have the same fields, in whatever order.
  public static func == (left: Record, right: Record) -> Bool {
    guard left.count == right.count else { return false }
    // Most equal records were built alike; then no key has to be looked up.
    for (position, field) in left.fields.enumerated() {
      let candidate = right.fields[position]
      if ExactText.areEqual(candidate.key, field.key) {
        guard candidate.value == field.value else { return false }
      } else {
        guard let value = right[field.key], value == field.value else { return false }
      }
    }
    return true
  }

  /// Feeds a hash that does not depend on the order of the fields.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(fields.count)
    var combined = 0
    for field in fields {
      var fieldHasher = Hasher()
      fieldHasher.combine(field)
      combined ^= fieldHasher.finalize()
    }
    hasher.combine(combined)
  }
}

/// A key that is equal only to the same sequence of scalars.
private struct RecordKey: Hashable {
  let text: String

  static func == (left: RecordKey, right: RecordKey) -> Bool { ExactText.areEqual(left.text, right.text) }
  func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
