/// A closure as a value: a function of a program with the values that it captured.
///
/// The index means something only together with the program that made it.
public struct FunctionValue: Sendable, Hashable {
  /// The function's index in ``Program/functions``.
  public var function: UInt32
  /// The captured values, in the order of the registers that follow the function's parameters.
  public var captures: [Value]

  /// Makes a closure.
  public init(function: UInt32, captures: [Value] = []) {
    self.function = function
    self.captures = captures
  }
}
