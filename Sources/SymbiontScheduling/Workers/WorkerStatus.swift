/// A worker as the scheduler sees it.
public struct WorkerStatus: Sendable, Hashable {
  /// What the worker is called.
  public var name: String
  /// How many tasks it carries out now.
  public var running: Int
  /// How many it carries out at once.
  public var capacity: Int
  /// Whether it is given tasks.
  public var isHealthy: Bool
  /// How many checks in a row failed.
  public var failedChecks: Int

  /// Makes a value of its parts.
  public init(name: String, running: Int, capacity: Int, isHealthy: Bool, failedChecks: Int) {
    self.name = name
    self.running = running
    self.capacity = capacity
    self.isHealthy = isHealthy
    self.failedChecks = failedChecks
  }
}
