/// Decides what agents may do (specification, "Policy Engine").
///
/// A denial is a decision. An error means that there is none, and then the operation must not be performed.
public protocol PolicyEngine: Sendable {
  /// Checks the configuration of an agent that is to be created.
  func validateAgentConfig(_ config: AgentConfig) async throws(PolicyError) -> PolicyValidationResult

  /// Decides on an operation, by all policies in force for the agent.
  ///
  /// An addition to the specification, whose ``checkOperationAllowed(_:operation:context:)`` cannot tell a denial from
  /// a need for approval.
  func decideOperation(
    _ agentID: AgentID, operation: String, context: PolicyContext
  ) async throws(PolicyError) -> PolicyDecision

  /// Whether the agent may perform an operation at once: false when it is denied, and when it needs approval.
  func checkOperationAllowed(
    _ agentID: AgentID, operation: String, context: PolicyContext
  ) async throws(PolicyError) -> Bool

  /// The policies in force for the agent, highest priority first.
  func getAgentPolicies(_ agentID: AgentID) async throws(PolicyError) -> [Policy]

  /// Adds a policy, or replaces the one of the same id; a policy that is invalid changes nothing.
  func updatePolicy(_ policy: Policy) async throws(PolicyError)

  /// Deletes a policy.
  func deletePolicy(_ policyID: String) async throws(PolicyError)

  /// Decides by one policy alone, to see what it does.
  func evaluatePolicy(_ policyID: String, context: PolicyContext) async throws(PolicyError) -> PolicyDecision
}

extension PolicyEngine {
  /// Whether the agent may perform an operation at once: false when it is denied, and when it needs approval.
  public func checkOperationAllowed(
    _ agentID: AgentID, operation: String, context: PolicyContext
  ) async throws(PolicyError) -> Bool {
    try await decideOperation(agentID, operation: operation, context: context).isAllowed
  }
}
