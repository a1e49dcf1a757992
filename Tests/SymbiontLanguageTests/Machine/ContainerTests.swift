import SymbiontLanguage
import Testing

@Suite("container instructions")
struct ContainerTests {
  private let wide = Record((0..<40).map { ("key\($0)", .int($0)) })

  private func field(_ opcode: Opcode, _ value: Value, _ name: String) throws -> MachineStep {
    try evaluate([.op(opcode, 1, 0, 0)], [value], returning: 1) { assembler in _ = assembler.symbol(name) }
  }

  @Test("a field is read, with or without a mark", arguments: [Opcode.getField, .peekField, .placeField])
  func getField(opcode: Opcode) throws {
    #expect(try field(opcode, ["a": 1, "b": 2], "b").result == .int(2))
    #expect(try field(opcode, .record(wide), "key33").result == .int(33))
    let missing = try field(opcode, ["a": 1, "b": 2], "c").error
    #expect(missing?.kind == "FieldError")
    #expect(
      missing?.message
        == "the record has no field `c`; its fields are `a`, `b`; `get(r, key, default)` allows for absence")
    #expect(
      try field(opcode, [:], "c").error?.message
        == "the record has no field `c`; the record has no fields; `get(r, key, default)` allows for absence")
    #expect(try field(opcode, .int(1), "c").error?.kind == "TypeError")
  }

  @Test("the length of an array or a string is a field, unless a record has its own")
  func length() throws {
    #expect(try field(.getField, .array([1, 2]), "length").result == .int(2))
    #expect(try field(.getField, .string("né"), "length").result == .int(2))
    #expect(try field(.getField, ["length": "own"], "length").result == .string("own"))
    #expect(
      try field(.getField, .int(1), "length").error?.message
        == "cannot read the field `length` of `int`; only a record has fields")
  }

  @Test("an element is read by index or key", arguments: [Opcode.getIndex, .peekIndex])
  func getIndex(opcode: Opcode) throws {
    func get(_ value: Value, _ index: Value) throws -> MachineStep {
      try evaluate([.op(opcode, 2, 0, 1)], [value, index], returning: 2)
    }
    #expect(try get(.array([1, 2]), .int(1)).result == .int(2))
    #expect(try get(["a": 1], .string("a")).result == .int(1))
    #expect(try get(.record(wide), .string("key7")).result == .int(7))
    #expect(try get(.string("naïve"), .int(2)).result == .string("ï"))
    #expect(try get(.string("plain"), .int(4)).result == .string("n"))
    #expect(
      try get(.array([1, 2]), .int(2)).error?.message == "index `2` is outside of an Array of `2` elements")
    #expect(try get(.array([1, 2]), .int(-1)).error?.kind == "IndexError")
    #expect(try get(.string("naïve"), .int(5)).error?.message == "index `5` is outside of a String of `5` characters")
    #expect(try get(["a": 1], .string("b")).error?.kind == "FieldError")
    #expect(try get(.array([1]), .string("a")).error?.message == "a `Array` is indexed by `int`, not by `String`")
    #expect(try get(["a": 1], .int(0)).error?.message == "a `record` is indexed by `String`, not by `int`")
    #expect(
      try get(.null, .int(0)).error?.message == "cannot index `null`; only an Array, a record or a String has elements")
  }

  @Test("an element is written where it exists, a record key is added")
  func setIndex() throws {
    func set(_ value: Value, _ index: Value) throws -> MachineStep {
      try evaluate([.op(.setIndex, 0, 1, 2)], [value, index, .string("new")])
    }
    #expect(try set(.array([1, 2]), .int(1)).result == .array([1, "new"]))
    #expect(try set(["a": 1], .string("a")).result == ["a": "new"])
    #expect(try set(["a": 1], .string("b")).result == ["a": 1, "b": "new"])
    #expect(try set(.array([1]), .int(1)).error?.kind == "IndexError")
    #expect(try set(.array([1]), .float(0)).error?.kind == "TypeError")
    #expect(try set(["a": 1], .int(0)).error?.kind == "TypeError")
    #expect(
      try set(.string("abc"), .int(0)).error?.message
        == "cannot change a character of a String; build a new one with `slice` and `+`")
    #expect(try set(.int(1), .int(0)).error?.kind == "TypeError")
  }

  @Test("a field is written or added, also beyond the fields that are searched linearly")
  func setField() throws {
    func set(_ value: Value, _ name: String) throws -> MachineStep {
      try evaluate([.op(.setField, 0, 0, 1)], [value, .string("new")]) { assembler in _ = assembler.symbol(name) }
    }
    #expect(try set(["a": 1], "a").result == ["a": "new"])
    #expect(try set(["a": 1], "b").result == ["a": 1, "b": "new"])
    var expected = wide
    expected["key39"] = .string("new")
    #expect(try set(.record(wide), "key39").result == .record(expected))
    expected = wide
    expected["more"] = .string("new")
    #expect(try set(.record(wide), "more").result == .record(expected))
    #expect(
      try set(.array([]), "a").error?.message == "cannot set the field `a` of `Array`; only a record has fields")
  }

  @Test("a place to be changed must exist")
  func places() throws {
    #expect(try evaluate([.op(.placeIndex, 2, 0, 1)], [.array([1]), .int(1)]).error?.kind == "IndexError")
    #expect(try evaluate([.op(.placeIndex, 2, 0, 1)], [.string("a"), .int(0)]).error?.kind == "TypeError")
    #expect(try evaluate([.op(.placeIndex, 2, 0, 1)], [["a": 1], .string("b")]).error?.kind == "FieldError")
    #expect(try evaluate([.op(.placeIndex, 2, 0, 1)], [["a": 1], .int(1)]).error?.kind == "TypeError")
    #expect(try evaluate([.op(.placeIndex, 2, 0, 1)], [.array([1]), .int(0)], returning: 2).result == .int(1))
    #expect(try evaluate([.op(.placeIndex, 2, 0, 1)], [["a": 1], .string("a")], returning: 2).result == .int(1))
  }

  @Test("arrays and records are made of registers")
  func literals() throws {
    #expect(try evaluate([.op(.newArray, 0, 0, 3)], [1, "a", .null]).result == .array([1, "a", .null]))
    #expect(try evaluate([.op(.newArray, 0, 0, 0)], []).result == .array([]))
    let step = try evaluate([.op(.newRecord, 0, 0, 0)], [1, 2]) { assembler in _ = assembler.shape(["x", "y"]) }
    #expect(step.result == ["x": 1, "y": 2])
    let keys = (0..<11).map { "k\($0)" }
    let large = try evaluate([.op(.newRecord, 0, 0, 0)], (0..<11).map { .int($0) }) { assembler in
      _ = assembler.shape(keys)
    }
    #expect(large.result == .record(Record(keys.enumerated().map { ($1, .int(Int64($0))) })))
  }

  @Test("appending grows an array and nothing else")
  func append() throws {
    let lines: [Line] = [
      .op(.newArray, 0, 0, 0), .op(.loadInteger, 1), .label("next"), .op(.append, 0, 1), .op(.addImmediate, 1, 1, 1),
      .branch(.jumpIfNotGreaterOrEqualImmediate, 1, 100, "next"),
    ]
    #expect(try evaluate(lines, []).result == .array((0..<100).map { .int($0) }))
    #expect(
      try evaluate([.op(.append, 0, 1)], [.string("a"), .string("b")]).error?.message
        == "cannot append to `String`; only an Array can grow")
  }

  @Test("patterns look at the size of arrays and the fields of records")
  func patterns() throws {
    #expect(try evaluate([.op(.isArrayOfCount, 0, 0, 2)], [.array([1, 2])]).result == .bool(true))
    #expect(try evaluate([.op(.isArrayOfCount, 0, 0, 1)], [.array([1, 2])]).result == .bool(false))
    #expect(try evaluate([.op(.isArrayOfCount, 0, 0, 1)], [.string("a")]).result == .bool(false))
    #expect(try evaluate([.op(.isArrayOfAtLeast, 0, 0, 1)], [.array([1, 2])]).result == .bool(true))
    #expect(try evaluate([.op(.isArrayOfAtLeast, 0, 0, 3)], [.array([1, 2])]).result == .bool(false))
    #expect(try field(.hasField, ["a": 1], "a").result == .bool(true))
    #expect(try field(.hasField, ["a": 1], "b").result == .bool(false))
    #expect(try field(.hasField, .array([]), "b").result == .bool(false))
    #expect(try evaluate([.op(.arrayRest, 0, 0, 1)], [.array([1, 2, 3])]).result == .array([2, 3]))
    #expect(try evaluate([.op(.arrayRest, 0, 0, 9)], [.array([1])]).result == .array([]))
    #expect(try evaluate([.op(.arrayRest, 0, 0, 1)], [.int(1)]).error?.kind == "TypeError")
  }

  @Test("a declared type is checked, and ints become floats where floats are declared")
  func checkType() throws {
    func check(_ value: Value, _ type: ValueType) throws -> MachineStep {
      try evaluate([.wide(.checkType, 0, 0)], [value]) { assembler in _ = assembler.type(type) }
    }
    #expect(try check(.int(1), .float).result == .float(1))
    #expect(try check(.array([1, 2.5]), .array(.float)).result == .array([.float(1), 2.5]))
    #expect(try check(.null, .optional(.int)).result == .null)
    #expect(try check(.string("a"), .string).result == .string("a"))
    #expect(try check(.string("a"), .int).error?.message == "value: expected int, found String")
    #expect(try check(.array([.int(1), .null]), .array(.int)).error?.message == "value[1]: expected int, found null")
  }

  @Test("loops go through arrays, record keys and the characters of a string")
  func iterate() throws {
    func collect(_ collection: Value) throws -> MachineStep {
      try evaluate(
        [
          .op(.move, 1, 0), .op(.newArray, 0, 0, 0), .wide(.loadInteger, 2, 0), .label("next"),
          .jump(.iterate, 1, "end"), .op(.append, 0, 3), .jump(.jump, 0, "next"), .label("end"),
        ], [collection])
    }
    #expect(try collect(.array([1, "b"])).result == .array([1, "b"]))
    #expect(try collect(["x": 1, "y": 2]).result == .array(["x", "y"]))
    #expect(try collect(.string("añ\u{1F600}z")).result == .array(["a", "ñ", "\u{1F600}", "z"]))
    #expect(try collect(.array([])).result == .array([]))
    #expect(
      try collect(.int(3)).error?.message
        == "cannot loop over `int`; only over an Array, a record, a String or a range")
  }

  @Test("a range counts up to its end, and not beyond the largest int")
  func iterateRange() throws {
    func count(_ from: Value, _ to: Value) throws -> MachineStep {
      try evaluate(
        [
          .op(.move, 2, 1), .op(.move, 1, 0), .op(.checkRange, 1), .wide(.loadInteger, 0, 0), .label("next"),
          .jump(.iterateRange, 1, "end"), .op(.add, 0, 0, 3), .jump(.jump, 0, "next"), .label("end"),
        ], [from, to])
    }
    #expect(try count(.int(1), .int(5)).result == .int(10))
    #expect(try count(.int(5), .int(1)).result == .int(0))
    #expect(try count(.int(.max - 1), .int(.max)).result == .int(.max - 1))
    #expect(try count(.int(1), .float(5)).error?.message == "a range goes from an int to an int, not `float`")
  }
}
