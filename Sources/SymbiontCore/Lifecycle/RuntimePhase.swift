/// What the runtime is doing.
public enum RuntimePhase: String, Sendable, Hashable, Codable, CaseIterable {
  /// It recovers what an earlier run left, and takes no work yet.
  case starting = "Starting"
  /// It takes work.
  case running = "Running"
  /// It takes no more work, and ends what it has.
  case draining = "Draining"
  /// It has stopped.
  case stopped = "Stopped"
}
