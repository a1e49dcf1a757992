public import SymbiontLanguage

/// The limits of executions and their effects.
///
/// Reaching one is an error that the program can catch, except where said.
public struct ExecutionLimits: Sendable {
  /// What a machine may use.
  public var machine = MachineLimits()
  /// Instructions between two waits.
  ///
  /// Reaching it ends the execution: a program that spins must not go on catching.
  public var fuelPerActivation = 2_000_000_000
  /// Instructions that run before other executions get their turn.
  public var fuelSlice = 200_000
  /// Effects of one execution.
  ///
  /// Reaching it ends the execution.
  public var effectsPerExecution = 1_000_000
  /// Bytes of one effect's arguments or outcome in the journal.
  public var effectBytes = 32 << 20
  /// Bytes of an execution's input.
  public var inputBytes = 16 << 20
  /// Branches of one `parallel` or `race`.
  public var branches = 1_000
  /// Bytes of a memory key.
  public var memoryKeyBytes = 1_024
  /// Records that one search gives at most.
  public var memorySearchResults = 100
  /// How long a command may run when it names no timeout.
  public var commandTimeout: Duration = .seconds(60)
  /// Bytes that a command may print on each of its two streams.
  public var commandOutputBytes = 8 << 20
  /// Processes of one command.
  public var processes = 128

  /// The default limits.
  public init() {}
}
