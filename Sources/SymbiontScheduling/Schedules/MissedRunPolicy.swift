/// What becomes of times that passed while the runtime was down or the clock jumped.
public enum MissedRunPolicy: String, Sendable, Hashable, Codable, CaseIterable {
  /// They are left out.
  case skip
  /// One task is made for all of them.
  case once
  /// A task is made for each, up to ``TaskSchedule/Bounds/missedRuns`` of the last ones.
  case all
}
