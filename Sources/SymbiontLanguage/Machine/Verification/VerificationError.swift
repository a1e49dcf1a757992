/// Why a program was refused.
public struct VerificationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is malformed, with its value.
  public let reason: String
  /// The function, when it is about one.
  public let function: Int?
  /// The instruction within the function, when it is about one.
  public let instruction: Int?

  init(_ reason: String, function: Int? = nil, instruction: Int? = nil) {
    self.reason = reason
    self.function = function
    self.instruction = instruction
  }

  /// What is malformed and where.
  public var description: String {
    let place =
      switch (function, instruction) {
      case (let function?, let instruction?): "function \(function), instruction \(instruction): "
      case (let function?, nil): "function \(function): "
      default: ""
      }
    return "invalid program: \(place)\(reason); compile the source again"
  }
}
