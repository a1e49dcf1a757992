/// A value that crosses the machine's border: inputs, results, effect requests and their outcomes, the journal.
///
/// Values are trees: they share nothing and have no cycles. Equality is structural and exact: `1` and `1.0` are different
/// values here (the language's own `==` lives in the machine), strings are equal when their Unicode scalars are, floats as
/// IEEE 754 says (so NaN differs from itself), and records without regard to the order of their fields.
///
/// Nesting is bounded by ``ValueLimits/maximumDepth``. Every decoder and parser of this module enforces the bound, so the
/// recursion over a value that came from outside is bounded too; whoever builds a value in another way asks
/// ``exceedsMaximumDepth``.
public enum Value: Sendable, Hashable {
  /// The absence of a value.
  case null
  /// A truth value.
  case bool(Bool)
  /// A whole number.
  case int(Int64)
  /// A binary floating-point number; infinities and NaN are possible.
  case float(Double)
  /// Text: a sequence of Unicode scalars, not normalized.
  case string(String)
  /// A list.
  case array([Value])
  /// Named fields in insertion order; the language's maps are records too.
  case record(Record)
  /// The name of a secret, never the secret.
  case secret(SecretReference)
  /// A closure of the program that the value belongs to.
  case function(FunctionValue)
}

/// Bounds on every ``Value`` that comes from outside.
public enum ValueLimits {
  /// How deep arrays, records and captures may be nested: a scalar has depth 0, `[]` and `[1]` have depth 1.
  ///
  /// Deep enough for any document made by people, shallow enough that recursion over a value needs less than 128 KiB of
  /// stack.
  public static let maximumDepth = 256
}

extension Value {
  /// The name of the value's type, as the language's `type_of` and all messages give it.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int: "int"
    case .float: "float"
    case .string: "String"
    case .array: "Array"
    case .record: "record"
    case .secret: "secret"
    case .function: "function"
    }
  }

  /// Whether the value is nested deeper than ``ValueLimits/maximumDepth``: then no codec will read back what it wrote.
  public var exceedsMaximumDepth: Bool { isDeeper(than: ValueLimits.maximumDepth) }

  /// Whether containers are nested more than `depth` levels; looks no deeper than that.
  package func isDeeper(than depth: Int) -> Bool {
    switch self {
    case .null, .bool, .int, .float, .string, .secret:
      false
    case .array(let elements):
      depth == 0 || elements.contains { $0.isDeeper(than: depth - 1) }
    case .record(let record):
      depth == 0 || record.contains { $0.value.isDeeper(than: depth - 1) }
    case .function(let function):
      depth == 0 || function.captures.contains { $0.isDeeper(than: depth - 1) }
    }
  }
}
