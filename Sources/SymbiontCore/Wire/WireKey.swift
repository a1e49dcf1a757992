/// A key of a JSON object that is only known as text.
struct WireKey: CodingKey, ExpressibleByStringLiteral {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ text: String) {
    self.stringValue = text
  }

  init(stringLiteral value: String) {
    self.stringValue = value
  }

  init?(stringValue: String) {
    self.stringValue = stringValue
  }

  init?(intValue: Int) {
    return nil
  }
}
