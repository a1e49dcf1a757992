import SymbiontCore
import Testing

@testable import SymbiontRecovery

@Suite("Strategies")
struct StrategyBookTests {
  private let agent = AgentID()
  private let other = AgentID()

  @Test("hold for one agent before they hold for all, and the usual ones hold last")
  func precedence() {
    var book = StrategyBook()
    for type in ErrorType.allCases {
      #expect(book.strategy(for: type, of: agent) == StrategyBook.usual(for: type))
      book.register(.restart(preserveState: false), for: type)
      #expect(book.strategy(for: type, of: agent) == .restart(preserveState: false))
      book.register(.none, for: type, of: agent)
      #expect(book.strategy(for: type, of: agent) == .none)
      #expect(book.strategy(for: type, of: other) == .restart(preserveState: false))
    }
    book.forget(agent)
    #expect(book.strategy(for: .networkError, of: agent) == .restart(preserveState: false))
  }

  @Test("come back from their stored form")
  func text() throws {
    let all: [RecoveryStrategy] = [
      .none, .retry(maxAttempts: 1_000, backoff: .microseconds(1)), .retry(maxAttempts: 1, backoff: .seconds(86_400)),
      .restart(preserveState: true), .restart(preserveState: false), .failover(backupAgent: nil),
      .failover(backupAgent: agent), .terminate(cleanup: true), .terminate(cleanup: false),
      .manual(reason: "look at it\nthen   go on"),
    ]
    for strategy in all { #expect(RecoveryStrategy(text: strategy.text) == strategy) }
    for text in ["", "retry", "retry 1", "retry x 1", "restart", "restart maybe", "failover me", "none at all", "stop"]
    {
      #expect(RecoveryStrategy(text: text) == nil)
    }
  }

  @Test("of the usual kind are within the bounds that are asked of others")
  func usualAreValid() throws {
    for type in ErrorType.allCases { try StrategyBook.usual(for: type).validate() }
  }
}
