/// Why a value is not of a declared type.
public struct TypeMismatch: Error, Sendable, Hashable, CustomStringConvertible {
  /// What should be there.
  public let expected: String
  /// What is there.
  public let found: String

  private var root = ""
  private var location = ValuePath()

  /// Makes a mismatch at the value itself.
  init(expected: String, found: String) {
    self.expected = expected
    self.found = found
  }

  /// Where the value is: `input.items[3].price`.
  public var path: String { location.text(root: root) }

  /// The whole message: `input.items[3].price: expected float, found String`.
  public var description: String { "\(path): expected \(expected), found \(found)" }

  func within(field key: String) -> TypeMismatch {
    var outer = self
    outer.location = location.within(field: key)
    return outer
  }

  func within(index: Int) -> TypeMismatch {
    var outer = self
    outer.location = location.within(index: index)
    return outer
  }

  func rooted(at root: String) -> TypeMismatch {
    var outer = self
    outer.root = root
    return outer
  }
}
