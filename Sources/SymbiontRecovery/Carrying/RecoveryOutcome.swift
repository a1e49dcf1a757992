public import SymbiontCore

/// What became of an error that the runtime recovered from, or did not.
public enum RecoveryOutcome: Sendable, Hashable {
  /// The recovery of this strategy did what it is to do.
  case recovered(RecoveryStrategy)
  /// The agent is suspended, and a person was told the reason.
  case suspended(reason: String)
  /// The agent, or its whole group, was ended.
  case terminated
  /// Nothing was to be done.
  case nothingToDo
  /// A recovery that is under way answers this error, too; who carries it out learns its outcome.
  case joined(RecoveryStrategy)
  /// The breaker of the operation was open: nothing was tried.
  case failedFast(until: Timestamp)
  /// Nothing is left that could be tried; the last thing that was failed with this error.
  case failed(RuntimeError)
  /// It is over without a verdict: a stronger recovery or a person took its place, what it was to repeat was cancelled, or
  /// the history of the agent was cleared.
  case superseded
  /// The task was cancelled; the recovery goes on when it is taken up again.
  case interrupted
}
