import SymbiontCore
import Testing

@Suite("Policy engines")
struct PolicyEngineTests {
  @Test("an operation that needs approval is not allowed at once, nor is one that is denied")
  func onlyAllowIsAllowed() async throws {
    let requirement = ApprovalRequirement(group: "operations")
    #expect(try await isAllowed(.requireApproval(requirement)) == false)
    #expect(try await isAllowed(.deny(reasons: ["no rule allows it"])) == false)
    #expect(try await isAllowed(.allow))
  }

  @Test("without a decision there is an error, not a permission")
  func noDecision() async {
    await #expect(throws: PolicyError.engineUnavailable(reason: "it is not loaded")) { try await isAllowed(nil) }
  }

  private func isAllowed(_ decision: PolicyDecision?) async throws(PolicyError) -> Bool {
    let context = PolicyContext(
      agentID: SampleID.agent, operation: "exec",
      securityContext: SecurityContext(tier: .tier1, isolationLevel: .medium))
    return try await FixedEngine(decision: decision)
      .checkOperationAllowed(SampleID.agent, operation: "exec", context: context)
  }
}

/// An engine that always decides the same, or cannot decide.
private struct FixedEngine: PolicyEngine {
  let decision: PolicyDecision?

  func decideOperation(
    _ agentID: AgentID, operation: String, context: PolicyContext
  ) async throws(PolicyError) -> PolicyDecision {
    guard let decision else { throw .engineUnavailable(reason: "it is not loaded") }
    return decision
  }

  func evaluatePolicy(_ policyID: String, context: PolicyContext) async throws(PolicyError) -> PolicyDecision {
    throw .policyNotFound(policyID: policyID)
  }

  func validateAgentConfig(_ config: AgentConfig) async throws(PolicyError) -> PolicyValidationResult { .init() }
  func getAgentPolicies(_ agentID: AgentID) async throws(PolicyError) -> [Policy] { [] }
  func updatePolicy(_ policy: Policy) async throws(PolicyError) {}
  func deletePolicy(_ policyID: String) async throws(PolicyError) {}
}
