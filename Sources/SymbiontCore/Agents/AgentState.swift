/// Where an agent is in its life (specification, "Agent Types").
public enum AgentState: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
  /// It is known; its program is not loaded.
  case created = "Created"
  /// Its program is being checked and its resources are being set up.
  case initializing = "Initializing"
  /// It can be started.
  case ready = "Ready"
  /// Its function is being executed, or will be for the next task.
  case running = "Running"
  /// It was suspended, and takes up again where it was when resumed.
  case suspended = "Suspended"
  /// It waits for a message, a timer or an approval.
  case waiting = "Waiting"
  /// Its function has returned, and is not called again.
  case completed = "Completed"
  /// Its function or its recovery has failed.
  case failed = "Failed"
  /// It is being ended.
  case terminating = "Terminating"
  /// It has ended for good, and holds no resources.
  case terminated = "Terminated"
}
