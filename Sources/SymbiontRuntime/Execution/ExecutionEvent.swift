public import SymbiontCore
public import SymbiontLanguage

/// Something that happened to an execution, for progress displays and metrics.
public struct ExecutionEvent: Sendable {
  /// What happened.
  public enum Kind: Sendable {
    /// It began or went on after a wait.
    case activated
    /// An effect is being performed.
    case effectStarted(EffectRequest, operation: String)
    /// An effect has its outcome.
    case effectFinished(Effect, EffectOutcome)
    /// It waits for an event.
    case waiting(Effect)
    /// It ended.
    case finished(ExecutionOutcome)
  }

  /// The execution.
  public var execution: ExecutionID
  /// The agent as its program names it; empty for executions that end without having run.
  public var agent: String
  /// The number of the effect in the journal.
  public var sequence: Int
  /// What happened.
  public var kind: Kind
}
