/// What is known of an expression's value before the program runs.
enum StaticType: UInt8, Sendable {
  case unknown
  case null, bool, int, float, string, array, record, function, secret
  /// The expression never has a value: it returns, throws or leaves a loop.
  case never

  /// The name that messages use, as `type_of` gives it.
  var name: String {
    switch self {
    case .unknown, .never: "value"
    case .null: "null"
    case .bool: "bool"
    case .int: "int"
    case .float: "float"
    case .string: "String"
    case .array: "Array"
    case .record: "record"
    case .function: "function"
    case .secret: "secret"
    }
  }

  var isNumber: Bool { self == .int || self == .float }
  /// Whether anything is known that could be wrong.
  var isCertain: Bool { self != .unknown && self != .never }

  /// The type of a value that is one of two.
  func joined(with other: StaticType) -> StaticType {
    if self == other || other == .never { return self }
    return self == .never ? other : .unknown
  }

  /// Whether a value of this type can be of the declared one, as far as that is visible here.
  func canBe(_ declared: ValueType, in table: TypeTable, steps: Int = TypeLimits.maximumAliasSteps) -> Bool {
    guard isCertain, steps > 0 else { return true }
    return switch declared {
    case .any: true
    case .null: self == .null
    case .string: self == .string
    case .int: self == .int
    case .float: isNumber
    case .bool: self == .bool
    case .array: self == .array
    case .map, .result, .record: self == .record
    case .optional(let wrapped): self == .null || canBe(wrapped, in: table, steps: steps - 1)
    case .named(let index): table[index].map { canBe($0, in: table, steps: steps - 1) } ?? true
    }
  }
}
