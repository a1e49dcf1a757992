import SymbiontCore

/// What the resource manager knows: promises, and the usage of agents for which something runs.
struct ResourceState: Sendable {
  /// What an agent was given.
  struct Allocation: Sendable {
    var limits: ResourceLimits
    var allocatedAt: Timestamp
    /// Whether it was taken for commands that run, and is given back with the last of them.
    var isTransient = false
    /// Nil for the usual ones.
    var thresholds: ResourceThresholds?
  }

  /// The most agents whose usage is kept; the one that was measured least recently goes first.
  static let maximumMonitors = 4_096

  var ledger: ResourceLedger
  var allocations: [AgentID: Allocation] = [:]
  var isShutDown = false
  var queue = AdmissionQueue()
  /// What sandboxes counted for commands that have just ended, until it is told.
  var evidence: [AgentID: [ResourceKind: ResourceViolation.Evidence]] = [:]
  private(set) var monitors: [AgentID: AgentMonitor] = [:]

  init(ledger: ResourceLedger) {
    self.ledger = ledger
  }

  /// Takes a measurement; one of an agent without an allocation is not taken.
  mutating func observe(
    _ reading: UsageReading, of agentID: AgentID, at moment: AgentMonitor.Moment
  ) -> [ResourceEvent] {
    guard let allocation = allocations[agentID] else { return [] }
    makeRoom(for: agentID)
    return monitors[agentID, default: AgentMonitor()].observe(
      reading, of: agentID, allocation: allocation, at: moment)
  }

  private mutating func makeRoom(for agentID: AgentID) {
    guard monitors[agentID] == nil, monitors.count >= Self.maximumMonitors,
      let oldest = monitors.min(by: { $0.value.measuredAt < $1.value.measuredAt })?.key
    else { return }
    monitors[oldest] = nil
  }

  /// Whether something was seen of an agent at the limit of a resource.
  func hasViolation(of resource: ResourceKind, by agentID: AgentID, since time: Timestamp) -> Bool {
    monitors[agentID]?.violations.contains { $0.resource == resource && $0.observedAt >= time } ?? false
  }

  /// Keeps a violation that was not measured.
  mutating func note(_ violation: ResourceViolation) {
    guard allocations[violation.agentID] != nil else { return }
    makeRoom(for: violation.agentID)
    monitors[violation.agentID, default: AgentMonitor()].note(violation)
  }

  /// Forgets an agent.
  mutating func remove(_ agentID: AgentID) throws(ResourceLedger.Refusal) {
    try ledger.deallocate(agentID)
    allocations[agentID] = nil
    monitors[agentID] = nil
  }
}
