/// How much an agent is kept apart from the rest (specification, "Security Types").
///
/// Greater is stronger.
public enum IsolationLevel: String, Sendable, Hashable, Codable, CaseIterable {
  /// Not at all: it runs no commands.
  case none = "None"
  /// By file permissions.
  case low = "Low"
  /// By a container.
  case medium = "Medium"
  /// By a container with a kernel of its own in user space.
  case high = "High"
  /// By a virtual machine.
  case maximum = "Maximum"
}

extension IsolationLevel: Comparable {
  /// Whether the left level isolates less than the right one.
  public static func < (left: IsolationLevel, right: IsolationLevel) -> Bool {
    left.strength < right.strength
  }

  private var strength: Int {
    switch self {
    case .none: 0
    case .low: 1
    case .medium: 2
    case .high: 3
    case .maximum: 4
    }
  }
}
