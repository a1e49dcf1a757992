import SymbiontLanguage
import Testing

@Suite("pure builtins")
struct BuiltinTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let builtin: Builtin
    let arguments: [Value]
    let expected: Value
    var testDescription: String { "\(builtin)(\(arguments))" }

    init(_ builtin: Builtin, _ arguments: [Value], _ expected: Value) {
      (self.builtin, self.arguments, self.expected) = (builtin, arguments, expected)
    }
  }

  static let examples: [Example] = collections + texts + numbers + encodings

  private static let collections: [Example] = [
    Example(.len, ["naïve"], 5), Example(.len, [.array([1, 2])], 2), Example(.len, [["a": 1]], 1),
    Example(.keys, [["b": 1, "a": 2]], .array(["b", "a"])),
    Example(.values, [["b": 1, "a": .array([2])]], .array([1, .array([2])])),
    Example(.get, [["a": 1], "a"], 1), Example(.get, [["a": 1], "b"], .null), Example(.get, [["a": 1], "b", 7], 7),
    Example(.get, [.array([1, 2]), 1], 2), Example(.get, [.array([1]), 5, "no"], "no"),
    Example(.get, [.array([1]), -1], .null),
    Example(.get, ["añb", 1], "ñ"), Example(.get, ["añb", 3, "no"], "no"),
    Example(.contains, [.array([1, 2]), .float(2)], .bool(true)), Example(.contains, ["abc", "bc"], .bool(true)),
    Example(.contains, [["a": 1], "b"], .bool(false)),
    Example(.push, [.array([1]), "x"], .array([1, "x"])),
    Example(.push, [.array([]), .array([])], .array([.array([])])),
    Example(.slice, [.array([1, 2, 3]), 1], .array([2, 3])),
    Example(.slice, [.array([1, 2, 3]), 0, 2], .array([1, 2])),
    Example(.slice, [.array([1, 2, 3]), 1, 9], .array([2, 3])), Example(.slice, [.array([1]), 5, 2], .array([])),
    Example(.slice, ["naïve", 1, 3], "aï"), Example(.slice, ["abc", 2, 1], ""),
    Example(.slice, ["abc", 1, .null], "bc"),
    Example(.reverse, [.array([1, 2, 3])], .array([3, 2, 1])), Example(.reverse, ["naï"], "ïan"),
    Example(.range, [2, 5], .array([2, 3, 4])), Example(.range, [5, 2], .array([])),
    Example(.sum, [.array([])], 0), Example(.sum, [.array([1, 2])], 3), Example(.sum, [.array([1, 0.5])], 1.5),
    Example(.some, [5], 5), Example(.ok, [5], ["ok": 5]), Example(.err, ["no"], ["error": "no"]),
    Example(.error, ["K", "m"], ["kind": "K", "message": "m", "position": .null, "data": .null]),
    Example(.error, ["K", "m", .array([1])], ["kind": "K", "message": "m", "position": .null, "data": .array([1])]),
    Example(.sort, [.array([3, 1, 2])], .array([1, 2, 3])),
    Example(.sort, [.array([2, 1.5, 1])], .array([1, 1.5, 2])),
    Example(.sort, [.array(["b", "a", "", "ab"])], .array(["", "a", "ab", "b"])),
    Example(
      .sort, [.array([.array([2, "a"]), .array([1, "b"]), .array([1]), .array([1, "a"])])],
      .array([.array([1]), .array([1, "a"]), .array([1, "b"]), .array([2, "a"])])),
    Example(.sortByKeys, [.array(["x", "y", "z"]), .array([2, 1, 2])], .array(["y", "x", "z"])),
  ]

  private static let texts: [Example] = [
    Example(.join, [.array(["a", "ñ"]), ", "], "a, ñ"), Example(.join, [.array([]), ","], ""),
    Example(.split, ["a,b,,c", ","], .array(["a", "b", "", "c"])), Example(.split, ["añ", ""], .array(["a", "ñ"])),
    Example(.split, ["abc", "x"], .array(["abc"])), Example(.split, ["", ","], .array([""])),
    Example(.trim, ["\t a b \u{2003}\n"], "a b"), Example(.upper, ["straße"], "STRASSE"), Example(.lower, ["ÀB"], "àb"),
    Example(.replace, ["aXbX", "X", "--"], "a--b--"), Example(.replace, ["abc", "x", "y"], "abc"),
    Example(.startsWith, ["abc", "ab"], .bool(true)), Example(.startsWith, ["ab", "abc"], .bool(false)),
    Example(.endsWith, ["abc", "bc"], .bool(true)), Example(.endsWith, ["abc", "b"], .bool(false)),
    Example(.matches, ["order 42", "[0-9]+"], .bool(true)), Example(.matches, ["order", "^\\d+$"], .bool(false)),
    Example(.format, ["{} of {}", 1, .array(["a"])], #"1 of ["a"]"#),
    Example(.format, ["{1}{0} {{}}", "a", "b"], "ba {}"),
  ]

  private static let numbers: [Example] = [
    Example(.int, ["42"], 42), Example(.int, [.float(-3.7)], -3), Example(.int, [7], 7),
    Example(.float, ["1e3"], .float(1000)), Example(.float, [2], .float(2)), Example(.float, [2.5], 2.5),
    Example(.string, [.float(3)], "3.0"), Example(.string, ["a"], "a"),
    Example(.string, [["a": .array([1, .null])]], #"{"a":[1,null]}"#),
    Example(.string, [.secret(SecretReference(path: "p"))], "vault://p"),
    Example(.typeOf, [.array([])], "Array"), Example(.typeOf, ["a"], "String"), Example(.typeOf, [.null], "null"),
    Example(.abs, [-3], 3), Example(.abs, [-2.5], 2.5), Example(.min, [.array([3, 1, 2])], 1),
    Example(.max, [3, 7.5, 2], 7.5),
    Example(.min, ["b", "a"], "a"), Example(.round, [2.5], 3), Example(.round, [-2.5], -3),
    Example(.round, [2.345, 2], 2.35),
    Example(.round, [7], 7), Example(.floor, [-1.5], -2), Example(.ceil, [1.2], 2), Example(.ceil, [4], 4),
  ]

  private static let encodings: [Example] = [
    Example(.parseJSON, [#"{"a":[1,2.5,null,true,"x"]}"#], ["a": .array([1, 2.5, .null, .bool(true), "x"])]),
    Example(
      .toJSON, [["a": .array([1, 2.0, "q\"\n\u{1}"]), "b": .bool(false)]], #"{"a":[1,2.0,"q\"\n\u0001"],"b":false}"#),
    Example(.toJSON, [.secret(SecretReference(path: "p"))], #""vault://p""#),
    Example(.hash, ["abc"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    Example(.hex, ["aé"], "61c3a9"), Example(.base64Encode, ["hello"], "aGVsbG8="),
    Example(.base64Decode, ["aGVsbG8="], "hello"),
    Example(.parseTime, ["1970-01-02T00:00:00Z"], .float(86_400)),
    Example(.formatTime, [0, "yyyy-MM-dd"], "1970-01-01"),
  ]

  private func call(_ builtin: Builtin, _ arguments: [Value]) throws -> MachineStep {
    try evaluate([.builtin(builtin, window: 0, count: arguments.count)], arguments)
  }

  @Test("a builtin gives what the language says", arguments: examples)
  func result(_ example: Example) throws {
    #expect(try call(example.builtin, example.arguments) == .completed(example.expected))
  }

  @Test("every builtin that reaches the machine has an example")
  func coverage() {
    let covered = Set(Self.examples.map(\.builtin))
    #expect(Builtin.allCases.filter { !covered.contains($0) } == [.map, .filter, .reduce])
  }

  struct Failure: Sendable, CustomTestStringConvertible {
    let builtin: Builtin
    let arguments: [Value]
    let kind: String
    let message: String
    var testDescription: String { "\(builtin)(\(arguments))" }

    init(_ builtin: Builtin, _ arguments: [Value], _ kind: String, _ message: String) {
      (self.builtin, self.arguments, self.kind, self.message) = (builtin, arguments, kind, message)
    }
  }

  @Test(
    "a wrong argument is refused by name",
    arguments: [
      Failure(.len, [5], "TypeError", "`len` expects a String, an Array or a record as `x`, not `int`"),
      Failure(.keys, [.array([])], "TypeError", "`keys` expects a record as `record`, not `Array`"),
      Failure(.get, [["a": 1], 1], "TypeError", "`get` expects a String as `key`, not `int`"),
      Failure(.get, [5, 1], "TypeError", "`get` expects a record, an Array or a String as `x`, not `int`"),
      Failure(.push, ["a", 1], "TypeError", "`push` expects an Array as `list`, not `String`"),
      Failure(.slice, ["a", -1], "IndexError", "`slice`: the positions `-1` and `1` must not be negative"),
      Failure(.sum, [.array([1, "a"])], "TypeError", "`sum`: element `1` is `String`, not a number"),
      Failure(.sum, [.array([.int(.max), 1])], "Overflow", "`sum`: the sum does not fit an int of 64 bits"),
      Failure(
        .join, [.array(["a", 1]), ""], "TypeError", "`join`: element `1` is `int`, not a String; use `string(x)`"),
      Failure(.split, ["a", 1], "TypeError", "`split` expects a String as `separator`, not `int`"),
      Failure(
        .replace, ["a", "", "b"], "FormatError", "`replace`: cannot replace an empty text; give the text to look for"),
      Failure(
        .matches, ["a", "("], "FormatError",
        "`matches`: parenthesis without its counterpart at byte 0 of the pattern; write `\\(` for one"),
      Failure(
        .format, ["{}{}", "a"], "FormatError",
        "`format`: the placeholder at byte 2 of the template asks for argument 1, there are 1, counted from 0"),
      Failure(
        .int, ["x"], "FormatError",
        "`int`: `x` is not a whole number; write digits with an optional sign, for example `-42`"
      ),
      Failure(.int, [.float(1e30)], "Overflow", "`int`: `1e+30` does not fit an int of 64 bits"),
      Failure(.int, [.bool(true)], "TypeError", "`int` expects an int, a float or a String as `x`, not `bool`"),
      Failure(
        .abs, [.int(.min)], "Overflow", "`abs`: the magnitude of `-9223372036854775808` does not fit an int of 64 bits"),
      Failure(.min, [.array([])], "IndexError", "`min`: an empty Array has no such element"),
      Failure(
        .max, [.array([1, "a"])], "TypeError",
        "cannot compare `String` and `int` with `max`; only two numbers or two strings have an order"),
      Failure(.round, [1.5, 99], "IndexError", "`round`: `99` digits; choose 0 to 15"),
      Failure(
        .range, [.int(.min), .int(.max)], "LimitExceeded",
        "`range`: `-9223372036854775808` to `9223372036854775807` are more elements than a collection may have"),
      Failure(
        .sort, [.array([1, "a"])], "TypeError",
        "`sort`: `int` and `String` have no order; all elements or keys must be numbers, Strings or Arrays of them"),
      Failure(.sort, [5], "TypeError", "`sort` expects an Array as `list`, not `int`"),
      Failure(.sortByKeys, [.array([1]), .array([])], "TypeError", "`sort`: `1` elements but `0` keys"),
      Failure(
        .toJSON, [.float(.nan)], "TypeError", "JSON cannot express the float `nan`"),
      Failure(.base64Decode, ["//8="], "FormatError", "`base64_decode`: the decoded bytes are not UTF-8 text"),
      Failure(.error, [1, "m"], "TypeError", "`error` expects a String as `kind`, not `int`"),
    ])
  func failure(_ example: Failure) throws {
    let error = try call(example.builtin, example.arguments).error
    #expect(error?.kind == example.kind)
    #expect(error?.message == example.message)
  }

  @Test("sorting agrees with a stable sort of the model", arguments: [UInt64(51), 52, 53])
  func sorting(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    for round in 0..<30 {
      let count = Int.random(in: 0...200, using: &generator)
      let values = (0..<count).map { Value.int(Int64($0)) }
      let numbers = (0..<count).map { _ in Int64.random(in: -20...20, using: &generator) }
      let texts = (0..<count).map { _ in
        "same prefix"[...].prefix(generator.pick([0, 3, 11])) + generator.text(maximumCount: 4)
      }
      let byNumber = (0..<count).sorted { (numbers[$0], $0) < (numbers[$1], $1) }
      let byText = (0..<count).sorted { left, right in
        if texts[left].utf8.elementsEqual(texts[right].utf8) { return left < right }
        return texts[left].utf8.lexicographicallyPrecedes(texts[right].utf8)
      }
      let context: Testing.Comment = "seed \(seed), round \(round)"
      let keys: [Value] = numbers.map { round.isMultiple(of: 2) ? .int($0) : .float(Double($0)) }
      #expect(
        try call(.sortByKeys, [.array(values), .array(keys)]).result == .array(byNumber.map { values[$0] }), context)
      #expect(
        try call(.sortByKeys, [.array(values), .array(texts.map { .string(String($0)) })]).result
          == .array(byText.map { values[$0] }), context)
    }
  }
}
