import SymbiontCore
import SymbiontRecovery
import SymbiontTesting
import Testing

@Suite("The table of circuit breakers")
struct BreakerTableTests {
  private typealias Phase = BreakerTable.Phase
  private typealias Event = BreakerTable.Event

  /// The table as the requirement has it: closed, open at the threshold, half-open after the timeout, closed or open.
  private static let expected: [BreakerTable.Phase: [BreakerTable.Event: BreakerTable.Phase]] = [
    .closed: [.failure: .closed, .thresholdReached: .open, .timeOver: .closed, .success: .closed],
    .open: [.failure: .open, .thresholdReached: .open, .timeOver: .halfOpen, .success: .open],
    .halfOpen: [.failure: .open, .thresholdReached: .open, .timeOver: .halfOpen, .success: .closed],
  ]

  @Test("has the required answer for every phase and every event")
  func isTotal() {
    for phase in Phase.allCases {
      for event in Event.allCases { #expect(BreakerTable.next(phase, event) == Self.expected[phase]?[event]) }
    }
  }

  @Test("closes an open breaker only by way of half-open")
  func opensInSteps() {
    let successors = Set(Event.allCases.map { BreakerTable.next(.open, $0) })
    #expect(successors == [.open, .halfOpen])
  }
}

@Suite("A circuit breaker")
struct CircuitBreakerTests {
  private let limits = CircuitBreaker.Limits(threshold: 3, timeout: .seconds(60), window: .seconds(300))

  private func at(_ seconds: Int) -> Timestamp { .epoch + .seconds(seconds) }

  private func opened() -> CircuitBreaker {
    var breaker = CircuitBreaker()
    for second in 1...3 { breaker.recordFailure(at: at(second), limits: limits) }
    return breaker
  }

  @Test("opens at the threshold, refuses until the timeout, then lets one call decide")
  func course() {
    var breaker = opened()
    #expect(breaker.status(at: at(3)) == .open(until: at(63)))
    #expect(breaker.admit(at: at(62), limits: limits) == .refused(until: at(63)))
    #expect(breaker.admit(at: at(63), limits: limits) == .decides)
    #expect(breaker.status(at: at(63)) == .halfOpen)
    #expect(breaker.admit(at: at(64), limits: limits) == .refused(until: at(123)))
    var failing = breaker
    failing.recordFailure(at: at(65), limits: limits)
    #expect(failing.status(at: at(65)) == .open(until: at(125)))
    breaker.recordSuccess(at: at(65))
    #expect(breaker == CircuitBreaker())
  }

  @Test("counts only failures in a row: a success or a long pause begins a new row")
  func rows() {
    var breaker = CircuitBreaker()
    breaker.recordFailure(at: at(1), limits: limits)
    breaker.recordFailure(at: at(2), limits: limits)
    breaker.recordSuccess(at: at(3))
    breaker.recordFailure(at: at(4), limits: limits)
    breaker.recordFailure(at: at(5), limits: limits)
    breaker.recordFailure(at: at(306), limits: limits)
    #expect(breaker.failures == 1)
    #expect(breaker.phase == .closed)
  }

  @Test("stays open for calls from before it opened, whether they fail or succeed")
  func lateEnds() {
    var breaker = opened()
    breaker.recordFailure(at: at(10), limits: limits)
    breaker.recordSuccess(at: at(11))
    #expect(breaker.status(at: at(12)) == .open(until: at(63)))
  }

  @Test("lets another call decide when the first never ends")
  func lostTrial() {
    var breaker = opened()
    #expect(breaker.admit(at: at(70), limits: limits) == .decides)
    #expect(breaker.admit(at: at(129), limits: limits) == .refused(until: at(130)))
    #expect(breaker.admit(at: at(130), limits: limits) == .decides)
  }

  @Test("lets another call decide at once when the first is given back, but not for one that was given up before")
  func givenBack() {
    var breaker = opened()
    #expect(breaker.admit(at: at(70), limits: limits) == .decides)
    breaker.giveBackTrial(until: at(130), at: at(71))
    #expect(breaker.status(at: at(71)) == .halfOpen)
    #expect(breaker.admit(at: at(71), limits: limits) == .decides)
    breaker.giveBackTrial(until: at(130), at: at(72))
    #expect(breaker.admit(at: at(72), limits: limits) == .refused(until: at(131)))
    breaker.recordFailure(at: at(73), limits: limits)
    breaker.giveBackTrial(until: at(131), at: at(74))
    #expect(breaker.status(at: at(74)) == .open(until: at(133)))
  }

  @Test("follows its table and its bounds whatever happens", arguments: 1...20 as ClosedRange<UInt64>)
  func followsTable(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var breaker = CircuitBreaker()
    var now = at(0)
    var failuresInRow = 0
    for _ in 0..<2_000 {
      now += .seconds(Int.random(in: 0...40, using: &random))
      let was = breaker.status(at: now)
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        let admission = breaker.admit(at: now, limits: limits)
        if case .open(let until) = was { #expect(admission == .refused(until: until), "\(random)") }
        if was == .closed { #expect(admission == .passes, "\(random)") }
      case 1:
        breaker.recordFailure(at: now, limits: limits)
        failuresInRow += 1
        switch was {
        case .open(let until): #expect(breaker.status(at: now) == .open(until: until), "\(random)")
        case .halfOpen: #expect(breaker.status(at: now) == .open(until: now + limits.timeout), "\(random)")
        case .closed:
          let expected: BreakerStatus = failuresInRow >= 3 ? .open(until: now + limits.timeout) : .closed
          #expect(breaker.status(at: now) == expected, "\(random)")
        }
      default:
        breaker.recordSuccess(at: now)
        if was == .closed || was == .halfOpen {
          #expect(breaker.isPristine, "\(random)")
          failuresInRow = 0
        } else {
          #expect(breaker.status(at: now) == was, "\(random)")
        }
      }
    }
  }

  @Test("comes back from the store as it was, but for the call that decides")
  func kept() {
    let breaker = opened()
    let read = CircuitBreaker(
      failures: breaker.failures, lastFailureAt: breaker.lastFailureAt, openUntil: breaker.openUntil)
    #expect(read == breaker)
  }
}
