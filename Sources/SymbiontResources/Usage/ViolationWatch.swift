package import SymbiontCore

/// Finds in the counters of the kernel what it did to an agent because of a limit.
///
/// The first reading of a group is compared with zero, because a group is new when it is first seen: a kill just after its
/// beginning is not lost.
package struct ViolationWatch: Sendable {
  /// The share of periods in which an agent must have waited for processor time, to count as held back.
  package static let throttledShare = 0.5
  /// Fewer periods than this, a second of the kernel's usual ones, say nothing.
  package static let minimumPeriods = 10
  /// The share of a workspace below which what is free counts as nothing.
  package static let fullShare = 0.01

  private var groups: [String: ControlGroupCounters] = [:]
  private var throttled: Set<String> = []
  private var full: Set<String> = []

  package init() {}

  /// Compares a reading with the one before.
  package mutating func observe(
    _ reading: UsageReading, of agentID: AgentID, limits: ResourceLimits, at time: Timestamp
  ) -> [ResourceViolation] {
    var violations: [ResourceViolation] = []
    func add(_ resource: ResourceKind, _ limit: Double, _ observed: Double, _ evidence: ResourceViolation.Evidence) {
      violations.append(
        ResourceViolation(
          agentID: agentID, resource: resource, severity: .exceeded, limit: limit, observed: observed,
          observedAt: time, evidence: evidence))
    }
    for (path, counters) in reading.groups.sorted(by: { $0.key < $1.key }) {
      let former = groups[path] ?? ControlGroupCounters()
      if counters.memoryKills > former.memoryKills {
        add(
          .memory, Double(counters.memoryLimitBytes ?? limits.memoryBytes),
          Double(counters.memoryPeakBytes ?? counters.memoryBytes ?? 0),
          .init(subject: path, counter: "oom_kill", before: former.memoryKills, after: counters.memoryKills))
      }
      if counters.processRefusals > former.processRefusals {
        add(
          .processes, Double(counters.processLimit ?? 0), Double(counters.processes ?? 0),
          .init(
            subject: path, counter: "pids.events max", before: former.processRefusals, after: counters.processRefusals)
        )
      }
      if let share = beginsWaiting(path, former, counters) {
        add(
          .cpu, limits.cpuCores, limits.cpuCores * (1 + share),
          .init(
            subject: path, counter: "nr_throttled", before: former.throttledPeriods, after: counters.throttledPeriods))
      }
    }
    for (path, space) in reading.workspaces.sorted(by: { $0.key < $1.key }) where beginsToBeFull(path, space) {
      add(
        .workspace, Double(space.totalBytes), Double(space.usedBytes),
        .init(subject: path, counter: "f_bavail", before: space.totalBytes, after: space.availableBytes))
    }
    groups = reading.groups
    throttled.formIntersection(reading.groups.keys)
    full.formIntersection(reading.workspaces.keys)
    return violations
  }

  /// The share of periods with waiting, when a group begins to be held back; nil while it goes on and when it does not.
  private mutating func beginsWaiting(
    _ path: String, _ former: ControlGroupCounters, _ counters: ControlGroupCounters
  ) -> Double? {
    let periods = counters.periods - former.periods
    guard periods >= Self.minimumPeriods else { return nil }
    let share = Double(counters.throttledPeriods - former.throttledPeriods) / Double(periods)
    guard share >= Self.throttledShare else {
      throttled.remove(path)
      return nil
    }
    return throttled.insert(path).inserted ? share : nil
  }

  private mutating func beginsToBeFull(_ path: String, _ space: FileSpace) -> Bool {
    guard Double(space.availableBytes) < Double(space.totalBytes) * Self.fullShare else {
      full.remove(path)
      return false
    }
    return full.insert(path).inserted
  }
}
