/// How a worker is, by its own account.
public struct WorkerHealth: Sendable, Hashable {
  /// The share of its resources that is in use, from 0 to 1; resource based balancing looks at it.
  public var load: Double

  /// Makes a value; without a load the worker is idle.
  public init(load: Double = 0) {
    self.load = load.isNaN ? 1 : min(max(load, 0), 1)
  }
}
