import SymbiontCore

/// Everything that is known of one agent's usage.
struct AgentMonitor: Sendable {
  /// The most violations that are kept.
  static let maximumViolations = 32

  private(set) var usage = ResourceUsage()
  private(set) var history = UsageHistory()
  private(set) var diskBytes = 0
  /// The last violations, oldest first.
  private(set) var violations: [ResourceViolation] = []
  /// When it was measured last, by a clock that is never set.
  private(set) var measuredAt = Duration.zero
  private var meter = RateMeter()
  private var thresholds = ThresholdWatch()
  private var watch = ViolationWatch()

  /// The moment of a measurement, by both clocks.
  struct Moment: Sendable {
    let now: Timestamp
    let elapsed: Duration
  }

  /// Takes a measurement, and tells what it shows.
  mutating func observe(
    _ reading: UsageReading, of agentID: AgentID, allocation: ResourceState.Allocation, at moment: Moment
  ) -> [ResourceEvent] {
    let rates = meter.measure(reading, at: moment.elapsed)
    measuredAt = moment.elapsed
    diskBytes = reading.workspaces.values.reduce(0) { $0.addingSaturated($1.usedBytes) }
    usage = ResourceUsage(
      memoryBytes: reading.memoryBytes, cpuCores: rates.cpuCores, diskBytesPerSecond: rates.diskBytesPerSecond,
      networkBytesPerSecond: rates.networkBytesPerSecond, uptime: max(.zero, moment.now - allocation.allocatedAt))
    history.add(usage, at: moment.now)
    let found = watch.observe(reading, of: agentID, limits: allocation.limits, at: moment.now)
    violations = Array((violations + found).suffix(Self.maximumViolations))
    let changes = thresholds.observe(
      usage, limits: allocation.limits, thresholds: allocation.thresholds ?? ResourceThresholds(), at: moment.elapsed)
    return found.map { .violated($0) }
      + changes.map { change in
        switch change {
        case .raised(let resource, let threshold, let observed):
          .alertRaised(Self.alert(agentID, resource, threshold, observed, at: moment.now))
        case .cleared(let resource): .alertCleared(agentID, resource)
        }
      }
  }

  /// Keeps a violation that was not measured.
  mutating func note(_ violation: ResourceViolation) {
    violations = Array((violations + [violation]).suffix(Self.maximumViolations))
  }

  /// What is beyond a threshold or a limit: the alerts that hold, and the violations since a time.
  func present(_ agentID: AgentID, since time: Timestamp, at now: Timestamp) -> [ResourceViolation] {
    thresholds.raised.map { Self.alert(agentID, $0.resource, $0.threshold, $0.observed, at: now) }
      + violations.filter { $0.observedAt >= time }
  }

  private static func alert(
    _ agentID: AgentID, _ resource: ResourceKind, _ threshold: Double, _ observed: Double, at now: Timestamp
  ) -> ResourceViolation {
    ResourceViolation(
      agentID: agentID, resource: resource, severity: .warning, limit: threshold, observed: observed, observedAt: now)
  }
}
