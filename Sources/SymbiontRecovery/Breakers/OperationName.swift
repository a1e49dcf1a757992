/// The operation of an agent that a circuit breaker guards, such as `http` or `send`.
public struct OperationName: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The UTF-8 bytes that a name may have; a longer one is cut.
  public static let maximumBytes = 128

  /// The agent as a whole: errors that are reported without an operation.
  public static let agent = OperationName("agent")

  /// The name.
  public let description: String

  /// Makes a name; one that is too long is cut at a character.
  public init(_ name: String) {
    description = name.cut(toBytes: Self.maximumBytes)
  }

  /// Orders names as texts.
  public static func < (left: OperationName, right: OperationName) -> Bool { left.description < right.description }
}

extension String {
  /// As many whole characters as fit into so many UTF-8 bytes.
  func cut(toBytes maximum: Int) -> String {
    guard utf8.count > maximum else { return self }
    var end = startIndex
    var bytes = 0
    while end < endIndex {
      bytes += self[end].utf8.count
      guard bytes <= maximum else { break }
      end = index(after: end)
    }
    return String(self[..<end])
  }
}
