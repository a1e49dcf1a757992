import Foundation
import Testing

/// The wire form of values, as JSON with sorted keys.
enum WireForm {
  static func json(_ value: some Encodable, userInfo: [CodingUserInfoKey: any Sendable] = [:]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.userInfo = userInfo
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(_ type: Value.Type = Value.self, from json: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(json.utf8))
  }

  /// The same JSON with sorted keys and without white space, read and written by Foundation alone.
  static func canonical(_ json: String) throws -> String {
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed]
    return String(decoding: try JSONSerialization.data(withJSONObject: object, options: options), as: UTF8.self)
  }
}

/// Expects that a value is written as exactly this JSON, and read back from it.
func expectWire<Value: Codable & Equatable>(
  _ value: Value, _ json: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(try WireForm.json(value) == WireForm.canonical(json), sourceLocation: sourceLocation)
  #expect(try WireForm.value(Value.self, from: json) == value, sourceLocation: sourceLocation)
}

/// Expects that JSON is refused as data of this type, and that the refusal says this.
func expectRefused<Value: Decodable>(
  _ type: Value.Type, _ json: String, because fragment: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  do {
    let value = try WireForm.value(type, from: json)
    Issue.record("\(json) was read as \(value)", sourceLocation: sourceLocation)
  } catch DecodingError.dataCorrupted(let context) {
    let text = context.debugDescription
    #expect(text.contains(fragment), "\(text)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(json) gave \(error)", sourceLocation: sourceLocation)
  }
}
