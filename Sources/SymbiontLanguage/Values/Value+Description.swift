extension Value: CustomStringConvertible {
  /// The value for people, as the language's `string(x)` gives it: a string as it is, a secret as its reference, anything
  /// else as JSON with words for what JSON cannot express.
  public var description: String {
    switch self {
    case .string(let text): return text
    case .secret(let reference): return reference.description
    default:
      var printer = JSONPrinter(style: .compact, unprintable: .described)
      // A printer that describes what it cannot express has nothing to throw.
      try? printer.append(self)
      return String(decoding: printer.bytes, as: UTF8.self)
    }
  }
}

extension Record: CustomStringConvertible {
  /// The record for people, as JSON.
  public var description: String { Value.record(self).description }
}
