import Foundation
import SymbiontLanguage
import Testing

@Suite("values as Codable")
struct ValueCodableTests {
  @Test("a value passes through Foundation's JSON coders")
  func roundTrip() throws {
    let value: Value = ["a": [1, 2.5, "x", true, nil, [:], []], "b": ["c": -3]]
    let data = try JSONEncoder().encode(value)
    #expect(try JSONDecoder().decode(Value.self, from: data) == value)
    #expect(try ValueJSON.parse([UInt8](data)) == value)
  }

  @Test("records encode as objects, and only objects decode as records")
  func records() throws {
    let record: Record = ["k": "v"]
    #expect(try JSONDecoder().decode(Record.self, from: JSONEncoder().encode(record)) == record)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Record.self, from: Data("[1]".utf8)) }
  }

  @Test("functions and infinite numbers are refused, a secret is its reference")
  func special() throws {
    #expect(throws: EncodingError.self) { try JSONEncoder().encode([Value.function(FunctionValue(function: 1))]) }
    #expect(throws: EncodingError.self) { try JSONEncoder().encode([Value.float(.infinity)]) }
    let data = try JSONEncoder().encode([Value.secret(SecretReference(path: "p"))])
    #expect(try JSONDecoder().decode(Value.self, from: data) == ["vault://p"])
  }

  @Test("nesting beyond the bound is refused")
  func depth() {
    let depth = ValueLimits.maximumDepth + 1
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect(throws: (any Error).self) { try JSONDecoder().decode(Value.self, from: Data(text.utf8)) }
  }
}
