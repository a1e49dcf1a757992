import SymbiontLanguage
import Testing

@Suite("values")
struct ValueTests {
  @Test("an int and a float of the same magnitude are different values")
  func intIsNotFloat() {
    #expect(Value.int(1) != .float(1))
  }

  @Test("strings that look alike but differ in their scalars are different values")
  func composedIsNotDecomposed() {
    #expect("é" == "e\u{301}")
    #expect(Value.string("é") != .string("e\u{301}"))
    #expect(Value.secret(SecretReference(path: "é")) != .secret(SecretReference(path: "e\u{301}")))
    // Two combining marks in either order: equally long, canonically equivalent, and still not the same.
    #expect(Value.string("a\u{323}\u{307}") != .string("a\u{307}\u{323}"))
  }

  @Test("NaN differs from itself, so a value that holds it does too")
  func notANumber() {
    #expect(Value.float(.nan) != .float(.nan))
    #expect(Value.array([.float(.nan)]) != .array([.float(.nan)]))
    #expect(Value.float(0) == .float(-0.0))
  }

  @Test("literals make the values they look like")
  func literals() {
    let value: Value = ["a": 1, "b": [true, 2.5, "x", nil]]
    #expect(value["a"] == .int(1))
    #expect(value["b"]?[1] == .float(2.5))
    #expect(value["b"]?[3] == .null)
    #expect(value["b"]?[4] == nil)
    #expect(value["c"] == nil)
    #expect(Value.int(1)["a"] == nil)
  }

  @Test("a secret prints as its reference, alone and inside")
  func secretPrintsAsReference() throws {
    let secret = Value.secret(SecretReference(path: "mail/password"))
    #expect("\(secret)" == "vault://mail/password")
    #expect("\(Value.array([secret]))" == #"["vault://mail/password"]"#)
    #expect(SecretReference("vault://mail/password") == SecretReference(path: "mail/password"))
    #expect(SecretReference("vault://") == nil)
    #expect(SecretReference("mail/password") == nil)
  }

  @Test("the description of a value is JSON, with words for what JSON cannot express")
  func description() {
    #expect("\(Value.string("a \"b\""))" == #"a "b""#)
    #expect("\(["k": ["a \"b\"", 3.0, nil]] as Value)" == #"{"k":["a \"b\"",3.0,null]}"#)
    #expect("\(Value.array([.float(.nan), .float(-.infinity)]))" == "[nan,-inf]")
    #expect("\(Value.array([.function(FunctionValue(function: 3))]))" == "[function]")
    #expect("\(Nesting.arrays(ValueLimits.maximumDepth + 10))".contains("…"))
  }

  @Test("depth counts the levels of containers")
  func depth() {
    #expect(!Value.int(1).exceedsMaximumDepth)
    #expect(!Nesting.arrays(ValueLimits.maximumDepth).exceedsMaximumDepth)
    #expect(Nesting.arrays(ValueLimits.maximumDepth + 1).exceedsMaximumDepth)
    #expect(Nesting.records(ValueLimits.maximumDepth + 1).exceedsMaximumDepth)
    #expect(Nesting.captures(ValueLimits.maximumDepth + 1).exceedsMaximumDepth)
  }

  @Test("equal values have equal hashes", arguments: [11 as UInt64, 12, 13])
  func hashing(seed: UInt64) {
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<300 {
      let value = generator.value()
      let copy = Nesting.rebuilt(value)
      #expect(value == copy)
      #expect(value.hashValue == copy.hashValue)
    }
  }
}

/// Values of a given depth.
enum Nesting {
  static func arrays(_ depth: Int) -> Value {
    (0..<depth).reduce(Value.array([])) { value, level in level == 0 ? value : .array([value]) }
  }

  static func records(_ depth: Int) -> Value {
    (0..<depth).reduce(Value.null) { value, _ in .record(["k": value]) }
  }

  static func captures(_ depth: Int) -> Value {
    (0..<depth).reduce(Value.null) { value, _ in .function(FunctionValue(function: 1, captures: [value])) }
  }

  /// The same value, made anew with the fields of its records in reverse.
  static func rebuilt(_ value: Value) -> Value {
    switch value {
    case .array(let elements): .array(elements.map(rebuilt))
    case .record(let record): .record(Record(record.reversed().map { ($0.key, rebuilt($0.value)) }))
    case .function(let function):
      .function(FunctionValue(function: function.function, captures: function.captures.map(rebuilt)))
    default: value
    }
  }
}
