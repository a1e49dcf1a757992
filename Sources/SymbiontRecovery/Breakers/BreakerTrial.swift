import SymbiontCore

/// The one call that a half-open breaker let through, and that decides about it.
package struct BreakerTrial: Sendable, Hashable {
  let agentID: AgentID
  let operation: OperationName
  /// When it is given up; it tells this call from later ones.
  let until: Timestamp
}
