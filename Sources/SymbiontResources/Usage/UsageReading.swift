/// What was read about an agent at one moment.
package struct UsageReading: Sendable, Hashable {
  /// The counters of each of its control groups, by path.
  package var groups: [String: ControlGroupCounters]
  /// The space of each of its workspaces, by path.
  package var workspaces: [String: FileSpace]
  /// All bytes that it ever sent and received; nil when nobody counts them.
  package var networkBytes: Int?

  package init(
    groups: [String: ControlGroupCounters] = [:], workspaces: [String: FileSpace] = [:], networkBytes: Int? = nil
  ) {
    self.groups = groups
    self.workspaces = workspaces
    self.networkBytes = networkBytes
  }

  /// The memory that cannot be taken back without harm, in bytes.
  var memoryBytes: Int {
    groups.values.reduce(0) { $0.addingSaturated($1.workingMemoryBytes ?? 0) }
  }
}

extension Int {
  /// The sum, or the largest number.
  func addingSaturated(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
