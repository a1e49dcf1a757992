public import SymbiontCore

/// How the answer to an error is carried out: the steps, and how far they have come.
///
/// It is durable from the moment it is made until its outcome is reported.
public struct RecoveryPlan: Sendable, Hashable {
  /// The agent whose error it answers.
  public let agentID: AgentID
  /// What the agent did when it failed.
  public let operation: OperationName
  /// The number of the error that it answers, among those of the agent.
  public let number: Int
  /// The strategy that it carries out, after escalation.
  public let strategy: RecoveryStrategy
  /// What is done, in this order.
  public let steps: [RecoveryStep]
  /// The group whose rules it follows, for a supervised agent.
  public let group: String?
  /// By how much the wait grows from one attempt to the next.
  public let backoffMultiplier: Double
  /// When it was made.
  public let startedAt: Timestamp
  /// How far it has come.
  public internal(set) var progress = RecoveryProgress()

  package init(
    agentID: AgentID, operation: OperationName, number: Int, strategy: RecoveryStrategy, steps: [RecoveryStep],
    group: String? = nil, backoffMultiplier: Double, startedAt: Timestamp, progress: RecoveryProgress = .init()
  ) {
    self.agentID = agentID
    self.operation = operation
    self.number = number
    self.strategy = strategy
    self.steps = steps
    self.group = group
    self.backoffMultiplier = backoffMultiplier
    self.startedAt = startedAt
    self.progress = progress
  }

  /// The same plan that has come so far.
  package func standing(at progress: RecoveryProgress) -> RecoveryPlan {
    var plan = self
    plan.progress = progress
    return plan
  }

  /// What is said to the caller.
  public var action: ErrorAction { strategy.action }

  /// The longest wait between two attempts.
  public static let longestBackoff: Duration = .seconds(86_400)

  /// How many times the steps are tried.
  package var maximumAttempts: Int {
    if case .retry(let maxAttempts, _) = strategy { maxAttempts } else { 1 }
  }

  /// The wait before an attempt, which counts from 1.
  package func backoff(before attempt: Int) -> Duration {
    guard case .retry(_, let first) = strategy, first > .zero else { return .zero }
    // In floating point, where a long row of attempts becomes infinite instead of overflowing.
    let (seconds, attoseconds) = first.components
    var wait = Double(seconds) + Double(attoseconds) / 1e18
    let longest = Double(Self.longestBackoff.components.seconds)
    for _ in 1..<max(attempt, 1) where wait < longest { wait *= backoffMultiplier }
    return wait < longest ? .seconds(wait) : Self.longestBackoff
  }

  /// The steps of a strategy for an agent that no group supervises.
  package static func steps(of strategy: RecoveryStrategy, agentID: AgentID) -> [RecoveryStep] {
    switch strategy {
    case .retry(let maxAttempts, _): maxAttempts > 0 ? [.repeatOperation] : []
    case .restart(let preserveState): [.stop(agentID), .start(agentID, preservingState: preserveState)]
    case .failover: [.findBackup, .stop(agentID), .moveInbox, .moveTasks]
    case .terminate(let cleanup): [.terminate(agentID, cleanup: cleanup)]
    case .manual(let reason): [.suspend(reason: reason)]
    case .none: []
    }
  }
}

/// How far a recovery has come.
public struct RecoveryProgress: Sendable, Hashable {
  /// How many attempts were begun.
  public internal(set) var attempt = 0
  /// How many steps of the attempt are done.
  public internal(set) var doneSteps = 0
  /// The agent that takes over, once it is known.
  public internal(set) var backup: AgentID?

  package init(attempt: Int = 0, doneSteps: Int = 0, backup: AgentID? = nil) {
    self.attempt = attempt
    self.doneSteps = doneSteps
    self.backup = backup
  }
}
