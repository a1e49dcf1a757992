package import SymbiontCore

/// Tells when an agent's usage has been above a threshold for long enough, and when it is back below.
///
/// An alert ends only once the usage is a tenth below the threshold, so that a usage around it does not raise an alert
/// with each measurement.
package struct ThresholdWatch: Sendable {
  /// What changed.
  package enum Change: Sendable, Hashable {
    /// The usage has been above the threshold for the time that was asked for.
    case raised(ResourceKind, threshold: Double, observed: Double)
    /// The usage is clearly below the threshold again.
    case cleared(ResourceKind)
  }

  /// The share of the threshold below which an alert ends.
  package static let clearingShare = 0.9

  private struct State: Sendable {
    var since: Duration
    var isRaised = false
    var threshold: Double
    var observed: Double
  }

  private var states: [ResourceKind: State] = [:]

  package init() {}

  /// The alerts that hold.
  package var raised: [(resource: ResourceKind, threshold: Double, observed: Double)] {
    states.filter(\.value.isRaised).map { ($0.key, $0.value.threshold, $0.value.observed) }
      .sorted { $0.resource.rawValue < $1.resource.rawValue }
  }

  /// Takes a measurement at a moment of a clock that is never set.
  package mutating func observe(
    _ usage: ResourceUsage, limits: ResourceLimits, thresholds: ResourceThresholds, at time: Duration
  ) -> [Change] {
    let observations: [(ResourceKind, Double, limit: Double, percentage: Double)] = [
      (.memory, Double(usage.memoryBytes), Double(limits.memoryBytes), thresholds.memoryPercentage),
      (.cpu, usage.cpuCores, limits.cpuCores, thresholds.cpuPercentage),
      (.diskIO, Double(usage.diskBytesPerSecond), Double(limits.diskBytesPerSecond), thresholds.diskPercentage),
      (
        .networkIO, Double(usage.networkBytesPerSecond), Double(limits.networkBytesPerSecond),
        thresholds.networkPercentage
      ),
    ]
    return observations.compactMap { resource, observed, limit, percentage in
      observe(
        resource, observed, threshold: limit * percentage / 100, sustainedFor: thresholds.sustainedFor, at: time)
    }
  }

  private mutating func observe(
    _ resource: ResourceKind, _ observed: Double, threshold: Double, sustainedFor: Duration, at time: Duration
  ) -> Change? {
    guard observed >= threshold else {
      guard let state = states[resource] else { return nil }
      guard state.isRaised else {
        states[resource] = nil
        return nil
      }
      guard observed < threshold * Self.clearingShare else {
        states[resource]?.observed = observed
        return nil
      }
      states[resource] = nil
      return .cleared(resource)
    }
    var state = states[resource] ?? State(since: time, threshold: threshold, observed: observed)
    state.threshold = threshold
    state.observed = observed
    let isDue = !state.isRaised && time - state.since >= sustainedFor
    if isDue { state.isRaised = true }
    states[resource] = state
    return isDue ? .raised(resource, threshold: threshold, observed: observed) : nil
  }
}
