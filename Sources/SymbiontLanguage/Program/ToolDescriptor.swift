/// A `tool` of a file: a named command whose arguments are checked before it runs.
public struct ToolDescriptor: Sendable, Hashable {
  /// Where an input goes.
  public enum Target: Sendable, Hashable {
    /// Appended to the command as an argument of its own.
    case argument
    /// The command's standard input.
    case standardInput
    /// An environment variable.
    case environment(String)
  }

  /// A declared input.
  public struct Input: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The type.
    public var type: ValueType
    /// Where it goes.
    public var target: Target

    /// Makes an input.
    public init(name: String, type: ValueType, target: Target) {
      self.name = name
      self.type = type
      self.target = target
    }
  }

  /// How the standard output becomes the result.
  public enum Output: String, Sendable, Hashable, Codable {
    case string, int, float, json, lines
  }

  /// The name.
  public var name: String
  /// What it does, for people and models.
  public var summary: String
  /// The command and its fixed arguments.
  public var command: [String]
  /// Its inputs in order.
  public var inputs: [Input]
  /// How the output is read.
  public var output: Output
  /// The longest it may run, in seconds; `nil` is the runtime's default.
  public var timeoutSeconds: Double?
  /// Whether it may run again when a crash left its outcome unknown.
  public var isIdempotent: Bool

  /// Makes a descriptor.
  public init(
    name: String, summary: String = "", command: [String], inputs: [Input] = [], output: Output = .string,
    timeoutSeconds: Double? = nil, isIdempotent: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.command = command
    self.inputs = inputs
    self.output = output
    self.timeoutSeconds = timeoutSeconds
    self.isIdempotent = isIdempotent
  }
}
