import SymbiontCore
import SymbiontRecovery

/// What the error handler must know, kept in the plainest way: lists of everything that happened.
struct RecoveryModel {
  struct Failure {
    var type: ErrorType
    var time: Timestamp
  }

  enum Breaker: Equatable {
    case closed(failures: Int, last: Timestamp?)
    case open(until: Timestamp)
    /// Half-open, with a call that decides and is given up at the time; what it was before comes back with a crash.
    case trial(until: Timestamp, opened: Timestamp)
  }

  struct Call: Hashable {
    var agent: AgentID
    var operation: OperationName
  }

  let configuration: ErrorHandlerConfig
  private(set) var failures: [AgentID: [Failure]] = [:]
  private(set) var totals: [AgentID: Int] = [:]
  private(set) var breakers: [Call: Breaker] = [:]
  /// Agents with a recovery that failed, whose escalation the model does not follow.
  var troubled: Set<AgentID> = []

  init(_ configuration: ErrorHandlerConfig) {
    self.configuration = configuration
  }

  /// The errors of an agent that are kept.
  func kept(_ agent: AgentID) -> [Failure] { (failures[agent] ?? []).suffix(configuration.maxErrorHistory) }

  /// The time of the newest error that is kept of any agent.
  var latest: Timestamp? { failures.keys.compactMap { kept($0).last?.time }.max() }

  func inWindow(_ agent: AgentID, at now: Timestamp) -> Int {
    kept(agent).count { now - $0.time < configuration.errorAggregationWindow }
  }

  func status(_ call: Call, at now: Timestamp) -> BreakerStatus {
    switch breakers[call] ?? .closed(failures: 0, last: nil) {
    case .closed: .closed
    case .open(let until): until > now ? .open(until: until) : .halfOpen
    case .trial: .halfOpen
    }
  }

  mutating func fail(_ call: Call, _ type: ErrorType, at now: Timestamp) {
    failures[call.agent, default: []].append(Failure(type: type, time: now))
    totals[call.agent, default: 0] += 1
    switch (breakers[call] ?? .closed(failures: 0, last: nil), status(call, at: now)) {
    case (_, .open): break
    case (_, .halfOpen): breakers[call] = .open(until: now + configuration.circuitBreakerTimeout)
    case (.closed(let failures, let last), _):
      let isInRow = last.map { now - $0 <= configuration.errorAggregationWindow } ?? false
      let count = isInRow ? failures + 1 : 1
      breakers[call] =
        count >= configuration.circuitBreakerThreshold
        ? .open(until: now + configuration.circuitBreakerTimeout) : .closed(failures: count, last: now)
    default: break
    }
  }

  mutating func succeed(_ call: Call, at now: Timestamp) {
    if case .open = status(call, at: now) { return }
    breakers[call] = nil
  }

  /// Whether a call goes through.
  mutating func admit(_ call: Call, at now: Timestamp) -> Bool {
    switch breakers[call] {
    case nil, .closed: break
    case .open(let until):
      guard until <= now else { return false }
      breakers[call] = .trial(until: now + configuration.circuitBreakerTimeout, opened: until)
    case .trial(let until, let opened):
      guard until <= now else { return false }
      breakers[call] = .trial(until: now + configuration.circuitBreakerTimeout, opened: opened)
    }
    return true
  }

  /// The agent was started anew: the next call decides.
  mutating func allowTrial(_ call: Call) {
    if case .open? = breakers[call] { breakers[call] = .open(until: .epoch) }
  }

  mutating func clear(_ agent: AgentID) {
    failures[agent] = nil
    totals[agent] = nil
    troubled.remove(agent)
    breakers = breakers.filter { $0.key.agent != agent }
  }

  /// A crash loses which call decides, and nothing else.
  mutating func crash() {
    for (call, breaker) in breakers {
      if case .trial(_, let opened) = breaker { breakers[call] = .open(until: opened) }
    }
  }
}
