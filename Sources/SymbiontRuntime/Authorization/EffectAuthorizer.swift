public import SymbiontCore
public import SymbiontLanguage

/// What an agent asks to be allowed.
public struct AuthorizationRequest: Sendable {
  /// The agent.
  public var agentID: AgentID
  /// The execution that asks.
  public var executionID: ExecutionID
  /// The verified program that holds the conditions.
  public var program: ExecutableProgram
  /// The agent as its program declares it.
  public var agent: AgentDescriptor
  /// The values of the agent's parameters.
  public var parameters: [Value]
  /// The effect.
  public var effect: Effect
  /// The operation, `tool:NAME` for tools.
  public var operation: String
  /// The positional arguments of the effect.
  public var arguments: [Value]
  /// The named arguments of the effect.
  public var options: Record
}

/// The three outcomes of an authorization.
public enum AuthorizationDecision: Sendable, Hashable {
  /// It may be done.
  case allow
  /// It may not; the reason names the rule.
  case deny(reason: String)
  /// A person of the group must approve it first.
  case requireApproval(group: String, reason: String)
}

/// Decides about every effect before anything of it happens.
///
/// The full policy engine takes this place later.
public protocol EffectAuthorizer: Sendable {
  /// Decides; an authorizer that cannot decide denies.
  func authorize(_ request: AuthorizationRequest) async -> AuthorizationDecision
}
