/// An enum with numbers in Swift and names on the wire.
protocol NamedNumber: RawRepresentable, CaseIterable, Codable where RawValue == Int {
  /// The name on the wire.
  var name: String { get }
}

extension NamedNumber {
  /// Reads the name from a single value.
  static func named(in decoder: any Decoder) throws -> Self {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let value = allCases.first(where: { $0.name == name }) else {
      let known = allCases.map { "`\($0.name)`" }.joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected one of \(known), found \(quoted(name))")
    }
    return value
  }
}
