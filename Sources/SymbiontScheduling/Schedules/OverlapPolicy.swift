/// What becomes of a time at which the task of an earlier one has not ended.
public enum OverlapPolicy: String, Sendable, Hashable, Codable, CaseIterable {
  /// It is left out.
  case skip
  /// It waits for the other to end. One time waits; a later one takes its place.
  case wait
  /// The other is cancelled, and the new one begins.
  case replace
  /// Both run.
  case allow
}
