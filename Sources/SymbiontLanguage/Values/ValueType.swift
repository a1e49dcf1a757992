/// A declared type: what a value must be when an agent is called or returns.
///
/// Types are checked against values by ``TypeTable/validate(_:as:path:)``.
public indirect enum ValueType: Sendable, Hashable {
  /// `JSON` and `any`: every value.
  case any
  /// `null`: nothing but ``Value/null``.
  case null
  /// `String`.
  case string
  /// `int`.
  case int
  /// `float`; a whole number is accepted and converted.
  case float
  /// `bool`.
  case bool
  /// `Array<T>`.
  case array(ValueType)
  /// `Map<K, V>`: a record whose keys all are texts of the key type.
  case map(key: ValueType, value: ValueType)
  /// `Optional<T>`: a value of the type, `null`, or a missing field.
  case optional(ValueType)
  /// `Result<T, E>`: a record with exactly one field, `ok` or `error`.
  case result(success: ValueType, failure: ValueType)
  /// A record with declared fields. Further fields are allowed and left alone, so that a caller may be newer than the
  /// callee.
  case record(RecordType)
  /// The type at this index of the program's ``TypeTable``; this is how types refer to themselves.
  case named(UInt32)
}

/// The declared fields of a record type.
public struct RecordType: Sendable, Hashable {
  /// A declared field.
  public struct Field: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The type.
    public var type: ValueType

    /// Makes a field.
    public init(name: String, type: ValueType) {
      self.name = name
      self.type = type
    }
  }

  /// The name of the declaration, for messages; `nil` for an anonymous record.
  public var name: String?
  /// The fields in order of declaration.
  public var fields: [Field]

  /// Makes a record type.
  public init(name: String? = nil, fields: [Field]) {
    self.name = name
    self.fields = fields
  }

  /// Makes a record type of pairs.
  public init(name: String? = nil, _ fields: [(String, ValueType)]) {
    self.init(name: name, fields: fields.map { Field(name: $0.0, type: $0.1) })
  }
}

/// Bounds on types.
public enum TypeLimits {
  /// How deep a type may be nested within one declaration; people write three or four levels.
  public static let maximumDepth = 64

  /// How many aliases and optionals may be passed on the way from a type to one that looks at the value.
  ///
  /// A longer chain can only be a declaration in terms of itself, like `type A = B` with `type B = A`.
  public static let maximumAliasSteps = 256
}
