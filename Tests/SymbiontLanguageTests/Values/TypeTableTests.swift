import Testing

@testable import SymbiontLanguage

@Suite("declared types")
struct TypeTableTests {
  /// `type Item = { price: float, note: Optional<String> }`, `type Order = { items: Array<Item> }`.
  static let orders: (table: TypeTable, order: ValueType) = {
    var table = TypeTable()
    let item = table.append(
      .record(RecordType(name: "Item", [("price", .float), ("note", .optional(.string))])), name: "Item")
    let order = table.append(.record(RecordType(name: "Order", [("items", .array(.named(item)))])), name: "Order")
    return (table, .named(order))
  }()

  @Test("a mismatch names the path, what was declared and what was found")
  func message() {
    let (table, order) = Self.orders
    let value: Value = ["items": [["price": 1.0], ["price": 2], ["price": 2.5], ["price": "3"]]]
    let mismatch = table.validate(value, as: order)
    #expect(mismatch?.description == "input.items[3].price: expected float, found String")
    #expect(table.validate(["items": ["x"]], as: order)?.description == "input.items[0]: expected Item, found String")
    #expect(table.validate([:], as: order)?.description == "input.items: expected Array<Item>, found nothing")
    #expect(table.validate(7, as: order, path: "result")?.description == "result: expected Order, found int")
  }

  @Test(
    "a value of another type is a mismatch",
    arguments: [
      (.null, .string), ("x", .int), (1.0, .int), (1, .string), (1, .bool), ("true", .bool), (nil, .float), (0, .null),
      ([1], .map(key: .string, value: .any)), (["a": 1], .array(.any)), ([1, "x"], .array(.int)),
      (["a": "x"], .map(key: .string, value: .int)), (["x": 1], .map(key: .int, value: .int)),
      (["1": 1], .map(key: .array(.any), value: .int)), ("x", .optional(.int)),
      ([:], .result(success: .any, failure: .any)), (["ok": 1, "error": 2], .result(success: .any, failure: .any)),
      (["okay": 1], .result(success: .any, failure: .any)), (["ok": "x"], .result(success: .int, failure: .string)),
      (["error": 1], .result(success: .int, failure: .string)), (1, .named(0)), (1, .named(.max)),
    ] as [(Value, ValueType)])
  func mismatches(value: Value, type: ValueType) {
    #expect(TypeTable().validate(value, as: type) != nil)
    #expect(throws: TypeMismatch.self) { try TypeTable().coerce(value, to: type) }
  }

  @Test(
    "a value of the type is accepted",
    arguments: [
      (nil, .any), ([1, ["a": nil]], .any), ("x", .string), (1, .int), (1.5, .float), (true, .bool), (nil, .null),
      ([], .array(.int)), ([1, 2], .array(.int)), ([:], .map(key: .string, value: .int)),
      (["1": 2, "-3": 4], .map(key: .int, value: .int)), (["true": 1], .map(key: .bool, value: .int)),
      (["1.5": 1], .map(key: .float, value: .int)), (nil, .optional(.int)), (1, .optional(.optional(.int))),
      (["ok": 1], .result(success: .int, failure: .string)), (["error": "e"], .result(success: .int, failure: .string)),
      (["a": 1, "extra": 2], .record(RecordType([("a", .int)]))),
    ] as [(Value, ValueType)])
  func matches(value: Value, type: ValueType) throws {
    #expect(TypeTable().validate(value, as: type) == nil)
    #expect(try TypeTable().coerce(value, to: type) == value)
  }

  @Test("whole numbers become floats where floats are declared, everywhere and nowhere else")
  func coercion() throws {
    let table = TypeTable()
    #expect(try table.coerce(1, to: .float) == .float(1))
    #expect(try table.coerce([1, 2.5], to: .array(.float)) == [1.0, 2.5])
    #expect(try table.coerce(["a": 1], to: .map(key: .string, value: .float)) == ["a": 1.0])
    #expect(try table.coerce(["ok": 1], to: .result(success: .float, failure: .any)) == ["ok": 1.0])
    #expect(try table.coerce(["error": 1], to: .result(success: .float, failure: .any)) == ["error": 1])
    #expect(try table.coerce(1, to: .any) == .int(1))
    #expect(try table.coerce(1, to: .optional(.float)) == .float(1))
  }

  @Test("a missing optional field becomes null, other fields keep their place")
  func missingOptional() throws {
    let (table, order) = Self.orders
    let value = try table.coerce(["x": 1, "items": [["price": 2]]], to: order)
    #expect(value == ["x": 1, "items": [["price": 2.0, "note": nil]]])
    #expect(value.recordValue?.keys == ["x", "items"])
  }

  @Test("a type may contain itself")
  func recursion() throws {
    var table = TypeTable()
    let tree = table.declare("Tree")
    table.define(tree, as: .record(RecordType(name: "Tree", [("children", .array(.named(tree))), ("weight", .float)])))
    let value: Value = ["weight": 1, "children": [["weight": 2, "children": []]]]
    #expect(table.validate(value, as: .named(tree)) == nil)
    let wrong: Value = ["weight": 1.0, "children": [["weight": 2.0, "children": [3]]]]
    let mismatch = table.validate(wrong, as: .named(tree), path: "tree")
    #expect(mismatch?.description == "tree.children[0].children[0]: expected Tree, found int")
  }

  @Test("a type declared as nothing but itself accepts nothing and ends")
  func emptyRecursion() {
    var table = TypeTable()
    let first = table.declare("A")
    let second = table.append(.named(first), name: "B")
    table.define(first, as: .optional(.named(second)))
    let mismatch = table.validate(1, as: .named(first))
    #expect(mismatch?.description == "input: expected A (declared in terms of itself), found int")
    #expect(table.validate(nil, as: .named(first)) == nil)
  }

  @Test("a value nested beyond the bound is a mismatch, not a deep recursion")
  func depth() {
    var table = TypeTable()
    let list = table.declare("List")
    table.define(list, as: .array(.named(list)))
    #expect(table.validate(Nesting.arrays(ValueLimits.maximumDepth), as: .named(list)) == nil)
    let mismatch = table.validate(Nesting.arrays(ValueLimits.maximumDepth + 1), as: .named(list))
    #expect(mismatch?.expected == "at most 256 levels of nesting")
  }

  @Test("keys in a path are quoted and cut when they are not names")
  func paths() {
    let map = ValueType.map(key: .string, value: .int)
    let table = TypeTable()
    #expect(table.validate(["a b": "x"], as: map)?.path == "input[\"a b\"]")
    #expect(table.validate(["a\"]\n": "x"], as: map)?.path == #"input["a\"]\n"]"#)
    #expect(table.validate(["": "x"], as: map)?.path == "input[\"\"]")
    let long = String(repeating: "k", count: 100_000)
    #expect((table.validate(.record([long: "x"]), as: map)?.path.count ?? .max) < 100)
  }

  @Test("a table is read back as it was")
  func codec() throws {
    var (table, _) = Self.orders
    table.append(.map(key: .int, value: .result(success: .null, failure: .bool)))
    table.append(.record(RecordType([("é", .optional(.any))])))
    #expect(try TypeTable(decoding: table.encoded()) == table)
  }

  @Test("a table with unknown references or too deep a type is refused")
  func hostileTables() {
    var table = TypeTable()
    table.append(.named(1))
    #expect(throws: ValueCodecError.unknownType(1, offset: 3)) { try TypeTable(decoding: table.encoded()) }
    func nested(_ depth: Int) -> ValueType { (0..<depth).reduce(.any) { type, _ in .array(type) } }
    #expect(throws: Never.self) { try TypeTable(decoding: TypeTable([.init(type: nested(64))]).encoded()) }
    let error = #expect(throws: ValueCodecError.self) {
      try TypeTable(decoding: TypeTable([.init(type: nested(65))]).encoded())
    }
    guard case .tooDeep = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("mutated tables are read or refused, and validate without a trap", arguments: [71 as UInt64])
  func fuzz(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    let bytes = Self.orders.table.encoded()
    for _ in 0..<10_000 {
      guard let table = try? TypeTable(decoding: generator.mutated(bytes)) else { continue }
      #expect(try TypeTable(decoding: table.encoded()) == table)
      _ = table.validate(generator.value(depth: 2), as: .named(0))
    }
  }
}
