/// Why a value cannot be written as JSON.
public struct JSONPrintingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What stands in the way.
  public enum Reason: Sendable, Hashable {
    /// The number is infinite or not a number.
    case notFinite
    /// The value is a function.
    case function
    /// The value is nested deeper than ``ValueLimits/maximumDepth``.
    case tooDeep
  }

  /// What stands in the way.
  public let reason: Reason
  private var location = ValuePath()

  init(_ reason: Reason) {
    self.reason = reason
  }

  /// Where in the value: `value.items[3]`.
  public var path: String { location.text(root: "value") }

  /// What happened and where.
  public var description: String {
    switch reason {
    case .notFinite: "\(path) is not a finite number, which JSON cannot express; replace it, for example with null"
    case .function: "\(path) is a function, which JSON cannot express"
    case .tooDeep: "the value is nested deeper than \(ValueLimits.maximumDepth) levels"
    }
  }

  func within(field key: String) -> JSONPrintingError {
    var outer = self
    outer.location = location.within(field: key)
    return outer
  }

  func within(index: Int) -> JSONPrintingError {
    var outer = self
    outer.location = location.within(index: index)
    return outer
  }
}
