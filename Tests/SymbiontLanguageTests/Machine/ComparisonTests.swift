import SymbiontLanguage
import Testing

@Suite("comparing and jumping instructions")
struct ComparisonTests {
  /// Values of every type, with those that are equal across types.
  static let samples: [Value] = [
    .null, .bool(true), .bool(false), .int(1), .float(1), .int(2), .float(1.5), .int(9_007_199_254_740_993),
    .float(9_007_199_254_740_992), .int(.max), .float(0x1p63), .float(.infinity), .string(""),
    .string("a"), .string("b"), .string("aa"), .string("é"), .array([]), .array([.int(1)]), .array([.float(1)]),
    .array([.array([.int(1)])]), .record([:]), .record(["a": .int(1), "b": .int(2)]),
    .record(["b": .int(2), "a": .float(1)]), .record(["a": .int(1)]), .secret(SecretReference(path: "p")),
    .secret(SecretReference(path: "q")),
  ]

  /// What the language says about equality.
  private func areEqual(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.int(let x), .float(let y)), (.float(let y), .int(let x)): Int64(exactly: y) == x
    case (.array(let x), .array(let y)): x.count == y.count && zip(x, y).allSatisfy(areEqual)
    case (.record(let x), .record(let y)):
      x.count == y.count && x.allSatisfy { field in y[field.key].map { areEqual(field.value, $0) } ?? false }
    default: left == right
    }
  }

  /// What the language says about order; nothing when there is none.
  private func isLess(_ left: Value, _ right: Value) -> Bool? {
    switch (left, right) {
    case (.int(let x), .int(let y)): x < y
    case (.float(let x), .float(let y)): x < y
    case (.int(let x), .float(let y)):
      Int64(exactly: y.rounded(.down)).map { x < $0 || (x == $0 && y > Double($0)) } ?? (y > 0)
    case (.float(let x), .int(let y)):
      Int64(exactly: x.rounded(.up)).map { $0 < y || ($0 == y && x < Double($0)) } ?? (x < 0)
    case (.string(let x), .string(let y)): x.utf8.lexicographicallyPrecedes(y.utf8)
    default: nil
    }
  }

  @Test("equality is structural, and exact between ints and floats")
  func equality() throws {
    for left in Self.samples {
      for right in Self.samples {
        let expected = areEqual(left, right)
        let context: Testing.Comment = "\(left) == \(right)"
        #expect(try evaluate([.op(.equal, 2, 0, 1)], [left, right], returning: 2).result == .bool(expected), context)
        #expect(
          try evaluate([.op(.notEqual, 2, 0, 1)], [left, right], returning: 2).result == .bool(!expected), context)
        #expect(try jumps(.branch(.jumpIfEqual, 0, 1, "yes"), left, right) == expected, context)
        #expect(try jumps(.branch(.jumpIfNotEqual, 0, 1, "yes"), left, right) == !expected, context)
      }
    }
  }

  @Test("order exists between numbers and between strings, else a TypeError is thrown")
  func order() throws {
    for left in Self.samples {
      for right in Self.samples {
        let less = isLess(left, right)
        let lessOrEqual = less.map { $0 || areEqual(left, right) }
        let context: Testing.Comment = "\(left) < \(right)"
        #expect(
          try evaluate([.op(.less, 2, 0, 1)], [left, right], returning: 2).result == less.map { .bool($0) }, context)
        #expect(
          try evaluate([.op(.lessOrEqual, 2, 0, 1)], [left, right], returning: 2).result
            == lessOrEqual.map { .bool($0) }, context)
        #expect(try jumps(.branch(.jumpIfLess, 0, 1, "yes"), left, right) == less, context)
        #expect(try jumps(.branch(.jumpIfLessOrEqual, 0, 1, "yes"), left, right) == lessOrEqual, context)
        #expect(try jumps(.branch(.jumpIfNotLess, 0, 1, "yes"), left, right) == less.map { !$0 }, context)
        #expect(try jumps(.branch(.jumpIfNotLessOrEqual, 0, 1, "yes"), left, right) == lessOrEqual.map { !$0 }, context)
      }
    }
    #expect(
      try evaluate([.op(.less, 2, 0, 1)], [.int(1), .string("a")]).error?.message
        == "cannot compare `int` and `String` with `<`; only two numbers or two strings have an order")
  }

  @Test("NaN is unequal to itself and has no order, so negated jumps are taken")
  func notANumber() throws {
    let nan = Value.float(.nan)
    #expect(try evaluate([.op(.equal, 2, 0, 1)], [nan, nan], returning: 2).result == .bool(false))
    #expect(try jumps(.branch(.jumpIfLess, 0, 1, "yes"), nan, .int(1)) == false)
    #expect(try jumps(.branch(.jumpIfNotLess, 0, 1, "yes"), nan, .int(1)) == true)
    #expect(try jumps(.branch(.jumpIfNotLessOrEqual, 0, 1, "yes"), nan, .int(1)) == true)
  }

  @Test("immediate comparisons agree with those of registers", arguments: [-3, 0, 1, 2])
  func immediates(immediate: Int) throws {
    let right = Value.int(Int64(immediate))
    for left in Self.samples {
      let context: Testing.Comment = "\(left) with \(immediate)"
      #expect(
        try jumps(.branch(.jumpIfNotEqualImmediate, 0, immediate, "yes"), left, .null) == !areEqual(left, right),
        context)
      #expect(
        try jumps(.branch(.jumpIfNotLessImmediate, 0, immediate, "yes"), left, .null)
          == isLess(left, right).map { !$0 },
        context)
      #expect(
        try jumps(.branch(.jumpIfNotLessOrEqualImmediate, 0, immediate, "yes"), left, .null)
          == isLess(right, left), context)
      #expect(
        try jumps(.branch(.jumpIfNotGreaterImmediate, 0, immediate, "yes"), left, .null)
          == isLess(right, left).map { !$0 },
        context)
      #expect(
        try jumps(.branch(.jumpIfNotGreaterOrEqualImmediate, 0, immediate, "yes"), left, .null) == isLess(left, right),
        context)
    }
  }

  @Test("jumps look at bools and null")
  func simpleJumps() throws {
    #expect(try jumps(.jump(.jump, 0, "yes"), .null, .null) == true)
    #expect(try jumps(.jump(.jumpIfTrue, 0, "yes"), .bool(true), .null) == true)
    #expect(try jumps(.jump(.jumpIfTrue, 0, "yes"), .bool(false), .null) == false)
    #expect(try jumps(.jump(.jumpIfFalse, 0, "yes"), .bool(false), .null) == true)
    #expect(try jumps(.jump(.jumpIfNull, 0, "yes"), .null, .null) == true)
    #expect(try jumps(.jump(.jumpIfNull, 0, "yes"), .int(0), .null) == false)
    #expect(try jumps(.jump(.jumpIfNotNull, 0, "yes"), .int(0), .null) == true)
    #expect(try jumps(.jump(.jumpIfTrue, 0, "yes"), .int(1), .null) == nil)
    #expect(try jumps(.jump(.jumpIfFalse, 0, "yes"), .null, .null) == nil)
  }

  @Test("membership looks into arrays, records and strings")
  func membership() throws {
    func contains(_ value: Value, _ collection: Value) throws -> Value? {
      try evaluate([.op(.contained, 2, 0, 1)], [value, collection], returning: 2).result
    }
    #expect(try contains(.float(1), .array([.int(0), .int(1)])) == .bool(true))
    #expect(try contains(.int(7), .array([.int(0)])) == .bool(false))
    #expect(try contains(.string("k"), .record(["k": .null])) == .bool(true))
    #expect(try contains(.string("l"), .record(["k": .null])) == .bool(false))
    #expect(try contains(.string("aab"), .string("aaaab")) == .bool(true))
    #expect(try contains(.string(""), .string("")) == .bool(true))
    #expect(try contains(.string("ab"), .string("a")) == .bool(false))
    #expect(try contains(.int(1), .record(["k": .null])) == nil)
    #expect(try contains(.int(1), .string("1")) == nil)
    #expect(try contains(.int(1), .int(1)) == nil)
  }

  /// Whether a jump was taken; nothing when it threw.
  private func jumps(_ line: Line, _ left: Value, _ right: Value) throws -> Bool? {
    let step = try evaluate(
      [line, .op(.loadBool, 0, 0), .jump(.jump, 0, "end"), .label("yes"), .op(.loadBool, 0, 1), .label("end")],
      [left, right])
    guard case .bool(let isTaken) = step.result else {
      #expect(step.error?.kind == "TypeError")
      return nil
    }
    return isTaken
  }
}
