/// The way from a value to one that it contains, for messages: `input.items[3].price`.
///
/// A check that fails deep inside a value puts the path together while it returns, so a check that succeeds pays nothing.
package struct ValuePath: Sendable, Hashable {
  private enum Step: Sendable, Hashable {
    case field(String)
    case index(Int)
  }

  private var reversedSteps: [Step] = []

  /// The path from a value to itself.
  package init() {}

  /// The path as seen from a record that has the value under this key.
  package func within(field key: String) -> ValuePath {
    var outer = self
    outer.reversedSteps.append(.field(key))
    return outer
  }

  /// The path as seen from an array that has the value at this index.
  package func within(index: Int) -> ValuePath {
    var outer = self
    outer.reversedSteps.append(.index(index))
    return outer
  }

  /// The path as text, after what the outermost value is called.
  package func text(root: String) -> String {
    var text = root
    for step in reversedSteps.reversed() {
      switch step {
      case .index(let index): text += "[\(index)]"
      case .field(let key): text += Self.describe(key: key)
      }
    }
    return text
  }

  private static func describe(key: String) -> String {
    let shown = TextExcerpt.beginning(of: key)
    if isIdentifier(key) { return "." + shown }
    return "[\"" + shown.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\"]"
  }

  private static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
}
