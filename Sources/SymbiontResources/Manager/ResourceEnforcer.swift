public import SymbiontCore

/// Keeps what agents run to their limits; the sandbox orchestrator is one.
public protocol ResourceEnforcer: Sendable {
  /// Changes the limits of everything that runs for the agent, or of nothing.
  ///
  /// - Throws: A ``ResourceError``; the former limits hold then. That nothing runs for the agent is no error.
  func apply(_ limits: ResourceLimits, to agentID: AgentID) async throws(ResourceError)

  /// The agents for which something runs: only these are measured.
  func activeAgents() async -> Set<AgentID>

  /// The paths of the agent's control groups below the root of each tree, such as `/symbiont/NAME`.
  func groups(of agentID: AgentID) async -> [String]

  /// The directories where the agent's workspaces are mounted, when each has a size of its own.
  func workspaces(of agentID: AgentID) async -> [String]

  /// All bytes that the agent ever sent and received; nil when nobody counts them.
  func networkBytes(of agentID: AgentID) async -> Int?
}

extension ResourceEnforcer {
  /// No workspace has a size of its own.
  public func workspaces(of agentID: AgentID) async -> [String] { [] }

  /// Nobody counts them.
  public func networkBytes(of agentID: AgentID) async -> Int? { nil }
}
