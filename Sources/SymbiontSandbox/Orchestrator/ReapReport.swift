public import SymbiontCore

/// What was left of sandboxes of a runtime that died, and has been removed.
public struct ReapReport: Sendable, Hashable, Codable {
  /// What was removed of each sandbox, in words that name each object.
  public var removed: [SandboxID: [String]]
  /// What could not be removed, and is tried again at the next start.
  public var failures: [String]

  /// Makes a value of its parts.
  public init(removed: [SandboxID: [String]] = [:], failures: [String] = []) {
    self.removed = removed
    self.failures = failures
  }

  /// Whether there was nothing to remove.
  public var isEmpty: Bool { removed.isEmpty && failures.isEmpty }

  mutating func add(_ objects: [SandboxID: [String]]) {
    removed.merge(objects) { $0 + $1 }
  }
}
