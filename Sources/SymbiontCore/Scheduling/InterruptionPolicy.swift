/// What becomes of a task that was being executed when the runtime died.
public enum InterruptionPolicy: String, Sendable, Hashable, Codable, CaseIterable {
  /// It is run again, and the interrupted attempt counts as a failed one. For work that may be begun twice.
  case runAgain = "RunAgain"
  /// It fails with `TASK_INTERRUPTED`: its start is durable before the work begins, so it never begins twice.
  case fail = "Fail"
}
