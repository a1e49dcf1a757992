import SymbiontCore
import SymbiontRecovery
import SymbiontTesting
import Testing

@Suite("The course of a recovery")
struct RecoveryMachineTests {
  private static let agent = AgentID()

  private static func plan(
    _ strategy: RecoveryStrategy, progress: RecoveryProgress = .init(), multiplier: Double = 2
  ) -> RecoveryPlan {
    RecoveryPlan(
      agentID: agent, operation: .agent, number: 1, strategy: strategy,
      steps: RecoveryPlan.steps(of: strategy, agentID: agent), backoffMultiplier: multiplier, startedAt: .epoch,
      progress: progress)
  }

  @Test("has a table that ends, and nothing follows an end")
  func table() {
    let expected: [RecoveryTable.Phase: Set<RecoveryTable.Phase>] = [
      .ready: [.waiting, .performing, .succeeded, .failed], .waiting: [.performing, .failed],
      .performing: [.waiting, .performing, .succeeded, .failed], .succeeded: [], .failed: [],
    ]
    for phase in RecoveryTable.Phase.allCases { #expect(RecoveryTable.successors(of: phase) == expected[phase]) }
  }

  @Test("a retry is made as often as is said, after waits that grow by the multiplier")
  func retries() {
    var machine = RecoveryMachine(Self.plan(.retry(maxAttempts: 4, backoff: .milliseconds(500))))
    var directive = machine.begin()
    for (attempt, wait) in zip(1...4, [Duration.milliseconds(500), .seconds(1), .seconds(2), .seconds(4)]) {
      #expect(directive == .wait(wait))
      #expect(machine.wake() == .perform(.repeatOperation, attempt: attempt))
      #expect(machine.plan.progress.attempt == attempt)
      directive = machine.failed()
    }
    #expect(directive == .end(succeeded: false))
    #expect(machine.failed() == .end(succeeded: false))
  }

  @Test("a retry waits at least as long as it is held, and ends with its first success")
  func heldRetry() {
    var machine = RecoveryMachine(Self.plan(.retry(maxAttempts: 3, backoff: .zero)))
    #expect(machine.begin() == .perform(.repeatOperation, attempt: 1))
    #expect(machine.failed(heldFor: .seconds(60)) == .wait(.seconds(60)))
    #expect(machine.wake() == .perform(.repeatOperation, attempt: 2))
    #expect(machine.finished() == .end(succeeded: true))
  }

  @Test("waits never exceed a day, however many attempts there are")
  func longWaits() {
    let plan = Self.plan(.retry(maxAttempts: 1_000, backoff: .milliseconds(1)), multiplier: 100)
    let waits = [1, 2, 3, 5, 7, 1_000].map { plan.backoff(before: $0) }
    #expect(
      waits == [
        .milliseconds(1), .milliseconds(100), .seconds(10), RecoveryPlan.longestBackoff, RecoveryPlan.longestBackoff,
        RecoveryPlan.longestBackoff,
      ])
  }

  @Test("a failover finds a backup, stops the agent, and moves its inbox and its tasks, in this order")
  func failover() {
    var machine = RecoveryMachine(Self.plan(.failover(backupAgent: nil)))
    let backup = AgentID()
    #expect(machine.begin() == .perform(.findBackup, attempt: 1))
    #expect(machine.finished(backup: backup) == .perform(.stop(Self.agent), attempt: 1))
    #expect(machine.finished() == .perform(.moveInbox, attempt: 1))
    #expect(machine.finished() == .perform(.moveTasks, attempt: 1))
    #expect(machine.finished() == .end(succeeded: true))
    #expect(machine.plan.progress.backup == backup)
  }

  @Test("each strategy has the steps that carry it out")
  func steps() {
    let agent = Self.agent
    #expect(RecoveryPlan.steps(of: .none, agentID: agent).isEmpty)
    #expect(
      RecoveryPlan.steps(of: .restart(preserveState: false), agentID: agent)
        == [.stop(agent), .start(agent, preservingState: false)])
    #expect(RecoveryPlan.steps(of: .terminate(cleanup: true), agentID: agent) == [.terminate(agent, cleanup: true)])
    #expect(RecoveryPlan.steps(of: .manual(reason: "r"), agentID: agent) == [.suspend(reason: "r")])
    #expect(
      RecoveryPlan.steps(of: .failover(backupAgent: AgentID()), agentID: agent) == [
        .findBackup, .stop(agent), .moveInbox, .moveTasks,
      ])
  }

  @Test("after a crash a retry that was under way counts, and any other step is done again")
  func afterCrash() {
    let retry = RecoveryStrategy.retry(maxAttempts: 3, backoff: .seconds(1))
    var second = RecoveryMachine(Self.plan(retry, progress: .init(attempt: 1)))
    #expect(second.begin() == .wait(.seconds(2)))
    #expect(second.wake() == .perform(.repeatOperation, attempt: 2))
    var last = RecoveryMachine(Self.plan(retry, progress: .init(attempt: 3)))
    #expect(last.begin() == .end(succeeded: false))
    var restart = RecoveryMachine(Self.plan(.restart(preserveState: true), progress: .init(attempt: 1, doneSteps: 1)))
    #expect(restart.begin() == .perform(.start(Self.agent, preservingState: true), attempt: 1))
    var done = RecoveryMachine(Self.plan(.restart(preserveState: true), progress: .init(attempt: 1, doneSteps: 2)))
    #expect(done.begin() == .end(succeeded: true))
  }

  @Test(
    "keeps to its table, its attempts and the order of its steps, whatever it is told",
    arguments: 1...100 as ClosedRange<UInt64>)
  func keepsToTable(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let strategies: [RecoveryStrategy] = [
      .none, .retry(maxAttempts: Int.random(in: 1...5, using: &random), backoff: .seconds(1)),
      .restart(preserveState: true), .failover(backupAgent: nil), .manual(reason: "r"), .terminate(cleanup: false),
    ]
    let plan = Self.plan(strategies.randomElement(using: &random) ?? .none)
    var machine = RecoveryMachine(plan)
    for _ in 0..<60 {
      let before = machine
      let directive: RecoveryMachine.Directive =
        switch Int.random(in: 0..<5, using: &random) {
        case 0: machine.begin()
        case 1: machine.wake()
        case 2, 3: machine.finished(backup: AgentID())
        default: machine.failed()
        }
      if machine.phase != before.phase {
        #expect(RecoveryTable.successors(of: before.phase).contains(machine.phase), "\(random)")
      }
      #expect(machine.plan.progress.attempt <= plan.maximumAttempts, "\(random)")
      if case .perform(let step, let attempt) = directive {
        #expect(step == plan.steps[machine.plan.progress.doneSteps], "\(random)")
        #expect(attempt == machine.plan.progress.attempt, "\(random)")
      }
      if case .end = directive { #expect(RecoveryTable.successors(of: machine.phase).isEmpty, "\(random)") }
    }
  }
}
