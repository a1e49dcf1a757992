package import SymbiontCore

/// The recoveries by strength, as a table: what is tried when one did not help, or when errors become too many.
///
///     retry → restart with its state → restart without → failover → a person
///
/// What is to be left alone is never recovered by force: when there is too much of it, a person is told. The end of an
/// agent is never reached by climbing, since nothing takes it back.
package enum RecoveryLadder {
  /// How many steps the longest climb has.
  package static let height = 4

  /// The next stronger recovery; the strongest is followed by itself.
  package static func next(after strategy: RecoveryStrategy) -> RecoveryStrategy {
    switch strategy {
    case .retry: .restart(preserveState: true)
    case .restart(preserveState: true): .restart(preserveState: false)
    case .restart(preserveState: false): .failover(backupAgent: nil)
    case .failover, .none: .manual(reason: escalationReason)
    case .manual, .terminate: strategy
    }
  }

  /// The recovery so many steps further up.
  package static func climb(_ steps: Int, from strategy: RecoveryStrategy) -> RecoveryStrategy {
    (0..<min(max(steps, 0), height)).reduce(strategy) { reached, _ in next(after: reached) }
  }

  /// How strong a recovery is: a stronger one takes the place of one that is under way.
  package static func strength(of strategy: RecoveryStrategy) -> Int {
    switch strategy {
    case .none: 0
    case .retry: 1
    case .restart(preserveState: true): 2
    case .restart(preserveState: false): 3
    case .failover: 4
    case .manual: 5
    case .terminate: 6
    }
  }

  /// What a person is told who was not named a reason.
  package static let escalationReason = "weaker recoveries did not help: \(lookAtErrors)"
  /// What a person is to do.
  package static let lookAtErrors = "find the cause in the agent's errors"
}
