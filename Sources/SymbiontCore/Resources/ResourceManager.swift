/// Gives agents their share of the machine, and watches that they keep to it (specification, "Resource Manager").
///
/// Every method that names an agent throws ``ResourceError/allocationNotFound(agentID:)`` when it has no allocation.
public protocol ResourceManager: Sendable {
  /// Reserves resources and puts the limits in place; throws ``ResourceError/insufficientResources(requirements:)`` when
  /// they are not free.
  func allocateResources(
    _ agentID: AgentID, limits: ResourceLimits
  ) async throws(ResourceError) -> ResourceAllocation

  /// Takes the agent's resources back.
  func deallocateResources(_ agentID: AgentID) async throws(ResourceError)

  /// Changes the agent's limits while it runs; when it throws, the former ones hold.
  func updateResourceLimits(_ agentID: AgentID, limits: ResourceLimits) async throws(ResourceError)

  /// What the agent uses at present.
  func getResourceUsage(_ agentID: AgentID) async throws(ResourceError) -> ResourceUsage

  /// What the machine has, what is promised and what is in use.
  func getSystemResources() async -> SystemResourceStatus

  /// The agents that are beyond a threshold or a limit at present.
  func checkResourceViolations() async -> [ResourceViolation]

  /// Sets the thresholds at which the agent's usage raises alerts.
  func setResourceAlerts(_ agentID: AgentID, thresholds: ResourceThresholds) async throws(ResourceError)

  /// The agent's usage over the last while, oldest first; as far back as it is kept.
  func getResourceHistory(
    _ agentID: AgentID, duration: Duration
  ) async throws(ResourceError) -> [ResourceSnapshot]

  /// Stops watching; allocations stay as they are until they are taken back.
  func shutdown() async throws(ResourceError)
}
