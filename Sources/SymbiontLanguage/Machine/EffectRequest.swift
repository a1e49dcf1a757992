/// What a machine asks for when it stops at an effect.
public struct EffectRequest: Sendable, Hashable {
  /// Which effect.
  public var effect: Effect
  /// The tool's index in ``Program/tools``, for ``Effect/tool``.
  public var tool: Int?
  /// The positional arguments.
  public var arguments: [Value]
  /// The named arguments.
  public var options: Record
  /// Where in the source.
  public var position: SourcePosition

  /// Makes a request.
  public init(
    effect: Effect, tool: Int? = nil, arguments: [Value] = [], options: Record = Record(), position: SourcePosition
  ) {
    self.effect = effect
    self.tool = tool
    self.arguments = arguments
    self.options = options
    self.position = position
  }
}

/// An error of a running program: what a `catch` sees.
public struct ProgramError: Error, Sendable, Hashable {
  /// The kind, for example `PolicyDenied`; programs may use their own.
  public var kind: String
  /// What happened.
  public var message: String
  /// Anything more.
  public var data: Value
  /// Where it was thrown; the machine fills it in when absent.
  public var position: SourcePosition?

  /// Makes an error.
  public init(kind: String, message: String, data: Value = .null, position: SourcePosition? = nil) {
    self.kind = kind
    self.message = message
    self.data = data
    self.position = position
  }
}

/// How a machine is resumed.
public enum EffectOutcome: Sendable, Hashable {
  /// The effect's result.
  case value(Value)
  /// A catchable error.
  case failure(ProgramError)
}

/// Why a machine stopped.
public enum MachineStep: Sendable, Hashable {
  /// It waits for an outcome.
  case effect(EffectRequest)
  /// It returned.
  case completed(Value)
  /// An error was caught nowhere, or a fatal limit was reached.
  case failed(ProgramError)
  /// The fuel is used up; run it again with more.
  case outOfFuel
}
