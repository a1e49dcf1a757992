/// How the worker of a task is chosen (specification, "Scheduler").
public enum LoadBalancingStrategy: String, Sendable, Hashable, Codable, CaseIterable {
  /// Each worker in turn.
  case roundRobin = "RoundRobin"
  /// The worker with the fewest running tasks.
  case leastConnections = "LeastConnections"
  /// The worker with the most free resources.
  case resourceBased = "ResourceBased"
  /// Each worker in turn, stronger ones more often.
  case weightedRoundRobin = "WeightedRoundRobin"
}
