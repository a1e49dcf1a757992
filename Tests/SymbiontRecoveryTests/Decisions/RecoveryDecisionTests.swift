import SymbiontCore
import SymbiontRecovery
import Testing

@Suite("What is decided about an error")
struct RecoveryDecisionTests {
  private static let retry = RecoveryStrategy.retry(maxAttempts: 3, backoff: .seconds(1))
  private static let until = Timestamp.epoch + .seconds(60)
  private static let all: [RecoveryStrategy] = [
    .none, retry, .restart(preserveState: true), .restart(preserveState: false), .failover(backupAgent: nil),
    .manual(reason: "r"), .terminate(cleanup: true),
  ]

  private static func decide(
    _ strategy: RecoveryStrategy, errors: Int = 1, failed: Int = 0, isAutomatic: Bool = true,
    openUntil: Timestamp? = nil
  ) -> RecoveryDecision {
    .decide(
      .init(
        strategy: strategy, errorsInWindow: errors, escalationThreshold: 10, failedRecoveries: failed,
        maximumRecoveries: 3, isAutomatic: isAutomatic, openUntil: openUntil))
  }

  @Test("the ladder climbs to a person, and never to the end of the agent")
  func ladder() {
    #expect(
      Self.all.map { RecoveryLadder.next(after: $0) } == [
        .manual(reason: RecoveryLadder.escalationReason), .restart(preserveState: true),
        .restart(preserveState: false), .failover(backupAgent: nil),
        .manual(reason: RecoveryLadder.escalationReason), .manual(reason: "r"), .terminate(cleanup: true),
      ])
    for strategy in Self.all {
      let strengths = (0...6).map { RecoveryLadder.strength(of: RecoveryLadder.climb($0, from: strategy)) }
      #expect(strengths == strengths.sorted())
      #expect(strengths.last == max(5, strengths[0]))
      #expect(RecoveryLadder.climb(RecoveryLadder.height, from: strategy) == RecoveryLadder.climb(99, from: strategy))
    }
  }

  @Test("is the strategy, as long as errors are few and recoveries help")
  func calm() {
    for strategy in Self.all { #expect(Self.decide(strategy, errors: 9) == .recover(strategy)) }
  }

  @Test("is one step stronger for each threshold of errors in the window", arguments: 0...5)
  func escalation(level: Int) {
    for strategy in Self.all where strategy != .none {
      let expected = RecoveryLadder.climb(level, from: strategy)
      #expect(Self.decide(strategy, errors: max(1, level * 10)) == .recover(expected))
      #expect(Self.decide(strategy, errors: level * 10 + 9) == .recover(expected))
    }
  }

  @Test("is one step stronger for each recovery in a row that failed, until they are used up")
  func failedRecoveries() {
    for strategy in Self.all.filter(\.isRecovery) {
      for failed in 0..<3 {
        #expect(
          Self.decide(strategy, failed: failed) == .recover(RecoveryLadder.climb(failed, from: strategy)))
      }
      #expect(Self.decide(strategy, failed: 3) == .exhausted(attempts: 3))
      #expect(Self.decide(strategy, failed: 4) == .exhausted(attempts: 4))
    }
    for strategy in Self.all.filter({ !$0.isRecovery }) where strategy != .none {
      #expect(Self.decide(strategy, failed: 9) == .recover(strategy))
    }
  }

  @Test("fails fast while the breaker is open, but never holds up what ends or isolates the agent")
  func openBreaker() {
    for strategy in Self.all {
      let decision = Self.decide(strategy, openUntil: Self.until)
      switch strategy {
      case .manual, .terminate: #expect(decision == .recover(strategy))
      default: #expect(decision == .failFast(until: Self.until))
      }
    }
  }

  @Test("is a person's affair when recovery is switched off")
  func switchedOff() {
    for strategy in Self.all {
      let expected: RecoveryStrategy = strategy.isRecovery ? .manual(reason: RecoveryDecision.switchedOff) : strategy
      #expect(Self.decide(strategy, isAutomatic: false) == .recover(expected))
    }
  }

  @Test("is said to the caller as an action of the specification")
  func actions() {
    #expect(
      Self.all.map(\.action) == [
        .retry(maxAttempts: 0, backoff: .zero), .retry(maxAttempts: 3, backoff: .seconds(1)), .restart, .restart,
        .failover, .suspend, .terminate,
      ])
  }

  @Test("a recovery that failed is followed by the next stronger one, and the last one by a person")
  func afterFailure() {
    for strategy in Self.all {
      for failed in 1...4 {
        let next = RecoveryDecision.afterFailure(of: strategy, failedRecoveries: failed, maximumRecoveries: 3)
        guard strategy.isRecovery else {
          #expect(next == nil)
          continue
        }
        if failed < 3 {
          #expect(next == RecoveryLadder.next(after: strategy))
        } else if case .manual(let reason)? = next {
          #expect(reason.hasPrefix("\(failed) recoveries in a row did not help"))
        } else {
          Issue.record("\(strategy) is followed by \(String(describing: next))")
        }
      }
    }
  }
}
