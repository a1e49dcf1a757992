import SymbiontLanguage
import Testing

@Suite("arithmetic instructions")
struct ArithmeticTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let opcode: Opcode
    let left: Value
    let right: Value
    let expected: Value
    var testDescription: String { "\(left) \(opcode) \(right)" }

    init(_ opcode: Opcode, _ left: Value, _ right: Value, _ expected: Value) {
      (self.opcode, self.left, self.right, self.expected) = (opcode, left, right, expected)
    }
  }

  @Test(
    "two operands give the result",
    arguments: [
      Case(.add, .int(2), .int(3), .int(5)),
      Case(.add, .int(2), .float(0.5), .float(2.5)),
      Case(.add, .float(0.25), .float(0.5), .float(0.75)),
      Case(.add, .string("naï"), .string("ve"), .string("naïve")),
      Case(.add, .string(""), .string("x"), .string("x")),
      Case(.add, .string("x"), .string(""), .string("x")),
      Case(.subtract, .int(2), .int(3), .int(-1)),
      Case(.subtract, .float(2), .int(3), .float(-1)),
      Case(.multiply, .int(-4), .int(3), .int(-12)),
      Case(.multiply, .int(4), .float(0.5), .float(2)),
      Case(.divide, .int(7), .int(2), .int(3)),
      Case(.divide, .int(-7), .int(2), .int(-3)),
      Case(.divide, .int(7), .float(2), .float(3.5)),
      Case(.remainder, .int(7), .int(3), .int(1)),
      Case(.remainder, .int(-7), .int(3), .int(-1)),
      Case(.remainder, .int(7), .int(-3), .int(1)),
      Case(.remainder, .int(.min), .int(-1), .int(0)),
      Case(.remainder, .float(-7.5), .int(2), .float(-1.5)),
    ])
  func result(_ example: Case) throws {
    let step = try evaluate([.op(example.opcode, 2, 0, 1)], [example.left, example.right], returning: 2)
    #expect(step == .completed(example.expected))
  }

  struct Failure: Sendable, CustomTestStringConvertible {
    let opcode: Opcode
    let left: Value
    let right: Value
    let kind: String
    let message: String
    var testDescription: String { "\(left) \(opcode) \(right)" }

    init(_ opcode: Opcode, _ left: Value, _ right: Value, _ kind: String, _ message: String) {
      (self.opcode, self.left, self.right, self.kind, self.message) = (opcode, left, right, kind, message)
    }
  }

  @Test(
    "an impossible operation throws an error that names it",
    arguments: [
      Failure(
        .add, .int(.max), .int(1), "Overflow",
        "`9223372036854775807 + 1` does not fit an int of 64 bits; use floats for numbers this large"),
      Failure(
        .subtract, .int(.min), .int(1), "Overflow",
        "`-9223372036854775808 - 1` does not fit an int of 64 bits; use floats for numbers this large"),
      Failure(
        .multiply, .int(.max), .int(2), "Overflow",
        "`9223372036854775807 * 2` does not fit an int of 64 bits; use floats for numbers this large"),
      Failure(
        .divide, .int(.min), .int(-1), "Overflow",
        "`-9223372036854775808 / -1` does not fit an int of 64 bits; use floats for numbers this large"),
      Failure(.divide, .int(1), .int(0), "DivisionByZero", "`1 / 0` has no result; check the divisor first"),
      Failure(.divide, .float(1), .float(0), "DivisionByZero", "`1.0 / 0` has no result; check the divisor first"),
      Failure(.divide, .int(1), .float(-0.0), "DivisionByZero", "`1 / 0` has no result; check the divisor first"),
      Failure(.remainder, .int(1), .int(0), "DivisionByZero", "`1 % 0` has no result; check the divisor first"),
      Failure(
        .add, .int(1), .string("a"), "TypeError",
        "cannot add `int` and `String`; turn the `int` into text with `string(x)`"),
      Failure(
        .add, .string("a"), .null, "TypeError",
        "cannot add `String` and `null`; turn the `null` into text with `string(x)`"),
      Failure(.add, .bool(true), .int(1), "TypeError", "cannot add `bool` and `int`; both must be numbers"),
      Failure(.subtract, .int(1), .array([]), "TypeError", "cannot subtract `Array` from `int`; both must be numbers"),
      Failure(
        .multiply, .string("a"), .int(2), "TypeError", "cannot multiply `String` and `int`; both must be numbers"),
      Failure(.divide, .null, .int(2), "TypeError", "cannot divide `null` by `int`; both must be numbers"),
      Failure(
        .remainder, .int(2), .record([:]), "TypeError",
        "cannot take the remainder of `int` and `record`; both must be numbers"),
    ])
  func failure(_ example: Failure) throws {
    let step = try evaluate([.op(example.opcode, 2, 0, 1)], [example.left, example.right])
    #expect(step.error?.kind == example.kind)
    #expect(step.error?.message == example.message)
    #expect(step.error?.position?.line == 1)
  }

  @Test(
    "a small number is added at once", arguments: [(Value.int(5), -7, Value.int(-2)), (.float(0.5), 1, .float(1.5))])
  func immediate(operand: Value, immediate: Int, expected: Value) throws {
    #expect(try evaluate([.op(.addImmediate, 0, 0, immediate)], [operand]) == .completed(expected))
  }

  @Test("a small number is not added to a string, nor beyond the largest int")
  func immediateFailure() throws {
    #expect(try evaluate([.op(.addImmediate, 0, 0, 1)], [.string("a")]).error?.kind == "TypeError")
    #expect(try evaluate([.op(.addImmediate, 0, 0, 1)], [.int(.max)]).error?.kind == "Overflow")
  }

  @Test("negation knows the smallest int and other types")
  func negate() throws {
    #expect(try evaluate([.op(.negate, 0, 0)], [.int(5)]) == .completed(.int(-5)))
    #expect(try evaluate([.op(.negate, 0, 0)], [.float(2.5)]) == .completed(.float(-2.5)))
    #expect(
      try evaluate([.op(.negate, 0, 0)], [.int(.min)]).error?.message
        == "`-(-9223372036854775808)` does not fit an int of 64 bits")
    #expect(
      try evaluate([.op(.negate, 0, 0)], [.string("a")]).error?.message
        == "cannot negate `String`; only an int or a float has a negative")
  }

  @Test("only a bool can be inverted or tested")
  func bools() throws {
    #expect(try evaluate([.op(.not, 0, 0)], [.bool(true)]) == .completed(.bool(false)))
    #expect(try evaluate([.op(.checkBool, 0)], [.bool(true)]) == .completed(.bool(true)))
    let message = "a condition must be a bool, not `int`; compare it with something"
    #expect(try evaluate([.op(.not, 0, 0)], [.int(1)]).error?.message == message)
    #expect(try evaluate([.op(.checkBool, 0)], [.int(1)]).error?.message == message)
  }

  @Test("ints and floats agree with Swift on random operands", arguments: [UInt64(1), 2, 3])
  func random(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<200 {
      let (x, y) = (generator.int(), generator.int())
      let sum = x.addingReportingOverflow(y)
      let product = x.multipliedReportingOverflow(by: y)
      let context: Testing.Comment = "seed \(seed): \(x), \(y)"
      #expect(
        try evaluate([.op(.add, 0, 0, 1)], [.int(x), .int(y)]).result == (sum.overflow ? nil : .int(sum.partialValue)),
        context)
      #expect(
        try evaluate([.op(.multiply, 0, 0, 1)], [.int(x), .int(y)]).result
          == (product.overflow ? nil : .int(product.partialValue)), context)
      let (a, b) = (generator.finiteFloat(), generator.finiteFloat())
      #expect(try evaluate([.op(.subtract, 0, 0, 1)], [.float(a), .float(b)]).result == .float(a - b), context)
    }
  }
}
