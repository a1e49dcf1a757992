import SymbiontLanguage
import Testing

@Suite("JSON")
struct ValueJSONTests {
  @Test(
    "text that is not JSON is refused",
    arguments: [
      "", " ", "nul", "True", "nan", "NaN", "Infinity", "-", "+1", "01", "-01", "00", "1.", ".5", "1.e3", "1e", "1e+",
      "0x10", "1_000", "--1", "1 2", "[1,]", "[,1]", "[1 2]", "[", "]", "[1", "{", "}", "{,}", "{\"a\"}", "{\"a\":}",
      "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\":1 \"b\":2}", "'a'", "\"a", "\"\\\"", "\"\\x\"",
      "\"\\u12\"", "\"\\u12G4\"", "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800\\u0041\"", "\"\\uD800x\"", "\"a\nb\"",
      "\"\t\"", "\"\u{0}\"", "\"\\", "[1]]", "nulll", "1e400", "-1e400", "\u{FEFF}1", "/* c */ 1", "1 // c", "\u{A0}1",
      "[\"a\"", "tru", "{\"a\":1",
    ])
  func rejects(text: String) {
    let error = #expect(throws: JSONError.self) { try ValueJSON.parse(text) }
    #expect(error.map { $0.offset <= text.utf8.count && $0.line >= 1 && $0.column >= 1 } == true)
  }

  @Test("strings that are not UTF-8 are refused")
  func rejectsMalformedText() {
    for body: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] {
      let plain = [UInt8(ascii: "\"")] + body + [UInt8(ascii: "\"")]
      let escaped = Array("\"\\n".utf8) + body + [UInt8(ascii: "\"")]
      #expect(throws: JSONError.self) { try ValueJSON.parse(plain) }
      #expect(throws: JSONError.self) { try ValueJSON.parse(escaped) }
      #expect(throws: JSONError.self) { try ValueJSON.parse(body) }
    }
  }

  @Test(
    "JSON is read",
    arguments: [
      ("null", nil), ("true", true), (" false\n", false), ("0", 0), ("-0", 0), ("-1", -1),
      ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
      ("9223372036854775808", .float(9223372036854775808)), ("-9223372036854775809", .float(-9223372036854775808)),
      ("100000000000000000000000", .float(1e23)), ("1.0", 1.0), ("-0.0", .float(-0.0)), ("1e3", 1000.0),
      ("1E+3", 1000.0), ("12.5e-1", 1.25), ("1e-400", 0.0), ("\"\"", ""), ("\"a\\/b\\\\\\\"\"", "a/b\\\""),
      ("\"\\b\\f\\n\\r\\t\"", "\u{8}\u{C}\n\r\t"), ("\"\\u00e9\\uD83D\\ude00\\u0000\"", "é\u{1F600}\0"),
      ("\"é\u{1F600}\u{7F}\"", "é\u{1F600}\u{7F}"), ("[]", []), ("[ ]", []), ("[1,[2,{}],\"3\"]", [1, [2, [:]], "3"]),
      ("{}", [:]), ("{ \"a\" : 1 , \"b\" : [ null ] }", ["a": 1, "b": [nil]]), ("{\"\":1}", ["": 1]),
      ("{\"a\":1,\"b\":2,\"a\":3}", ["a": 3, "b": 2]), ("\t\r\n 1 \t\r\n", 1),
    ] as [(String, Value)])
  func accepts(text: String, expected: Value) throws {
    let value = try ValueJSON.parse(text)
    #expect(value == expected)
    if case .float(let float) = value { #expect(float.sign == expected.floatValue?.sign) }
  }

  @Test("an error tells the line, the column and what was found")
  func errorText() {
    let error = #expect(throws: JSONError.self) { try ValueJSON.parse("{\n  \"ä\": ,\n}") }
    #expect(error?.description == "invalid JSON at line 2, column 8: expected a value, found `,`")
    #expect(error?.offset == 10)
    let end = #expect(throws: JSONError.self) { try ValueJSON.parse("[1") }
    #expect(end?.description == "invalid JSON at line 1, column 3: expected `,` or `]`, found the end")
  }

  @Test("fields keep their order, a repeated key its first position")
  func order() throws {
    let value = try ValueJSON.parse(#"{"z":1,"a":2,"m":3,"z":4}"#)
    #expect(value.recordValue?.keys == ["z", "a", "m"])
    #expect(value["z"] == 4)
  }

  @Test("nesting up to the bound is read and written, beyond it refused")
  func depth() throws {
    func document(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    let deepest = try ValueJSON.parse(document(ValueLimits.maximumDepth))
    #expect(try ValueJSON.print(deepest) == document(ValueLimits.maximumDepth))
    #expect(throws: JSONError.self) { try ValueJSON.parse(document(ValueLimits.maximumDepth + 1)) }
    #expect(throws: JSONError.self) { try ValueJSON.parse(String(repeating: "[", count: 1_000_000)) }
    #expect(throws: JSONError.self) { try ValueJSON.parse(String(repeating: "{\"a\":", count: 100_000)) }
    let error = #expect(throws: JSONPrintingError.self) {
      try ValueJSON.print(Nesting.records(ValueLimits.maximumDepth + 1))
    }
    #expect(error?.reason == .tooDeep)
  }

  @Test("what JSON cannot express is refused, with the path")
  func unprintable() {
    let error = #expect(throws: JSONPrintingError.self) {
      try ValueJSON.print(["a": ["x", ["b c": .float(.nan)]]])
    }
    #expect(error?.reason == .notFinite)
    #expect(error?.path == "value.a[1][\"b c\"]")
    let function = #expect(throws: JSONPrintingError.self) {
      try ValueJSON.print([.function(FunctionValue(function: 0))])
    }
    #expect(function?.description == "value[0] is a function, which JSON cannot express")
  }

  @Test("a secret is written as its reference and never read back as a secret")
  func secrets() throws {
    let text = try ValueJSON.print(["s": .secret(SecretReference(path: "a/b"))])
    #expect(text == #"{"s":"vault://a/b"}"#)
    #expect(try ValueJSON.parse(text) == ["s": "vault://a/b"])
  }

  @Test("the pretty style puts each element on its line")
  func pretty() throws {
    let value: Value = ["a": [1, []], "b": [:], "c": ["d": "e"]]
    let expected = """
      {
        "a": [
          1,
          []
        ],
        "b": {},
        "c": {
          "d": "e"
        }
      }
      """
    #expect(try ValueJSON.print(value, style: .pretty) == expected)
  }

  @Test("every document is read back as it was, in either style", arguments: [51 as UInt64, 52, 53])
  func roundTrip(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<400 {
      let value = generator.documentValue()
      let compact = try ValueJSON.print(value)
      #expect(try ValueJSON.parse(compact) == value, "seed \(seed): \(compact)")
      #expect(try ValueJSON.parse(ValueJSON.print(value, style: .pretty)) == value)
    }
  }

  @Test(
    "mutated documents are read or refused, never a trap; what is read can be written", arguments: [61 as UInt64, 62])
  func fuzz(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    var accepted = 0
    for round in 0..<10_000 {
      let bytes =
        round.isMultiple(of: 4)
        ? generator.bytes(maximumCount: 30)
        : generator.mutated(try ValueJSON.encode(generator.documentValue(depth: 3)))
      guard let value = try? ValueJSON.parse(bytes) else { continue }
      accepted += 1
      #expect(try ValueJSON.parse(ValueJSON.encode(value)) == value, "seed \(seed), round \(round)")
    }
    #expect(accepted > 100)
  }
}
