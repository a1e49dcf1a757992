public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultErrorHandler {
  /// The most groups that there may be.
  package static let maximumGroups = 10_000

  /// Restarts agents by the rules of a group from now on; a group of the same name is replaced and begins anew.
  ///
  /// - Throws: ``ErrorHandlerError/thresholdsInvalid(reason:)`` when the group is out of bounds or names an agent of
  ///   another group; ``ErrorHandlerError/storeFailed(reason:)``; ``ErrorHandlerError/shuttingDown``.
  public func supervise(_ group: SupervisionGroup) async throws(ErrorHandlerError) {
    _ = try admittedTime()
    if let problem = group.problem { throw .thresholdsInvalid(reason: "group `\(group.name)`: \(problem)") }
    try await commit { store in
      let groups = try store.recoveryGroups()
      guard groups.count < Self.maximumGroups || groups.contains(where: { $0.name == group.name }) else {
        throw ErrorHandlerError.thresholdsInvalid(reason: "there are \(Self.maximumGroups) groups already")
      }
      let members = Set(group.members.map(\.agentID))
      for other in try groups.map({ try Supervisor($0).group }) where other.name != group.name {
        if let shared = other.members.first(where: { members.contains($0.agentID) }) {
          throw ErrorHandlerError.thresholdsInvalid(
            reason: "agent `\(shared.agentID)` is in group `\(other.name)` already: remove it there first")
        }
      }
      try store.putRecoveryGroup(RecoveryGroupRow(Supervisor(group)))
    } apply: { _, state in
      state.groups = state.groups.filter { $0.value != group.name }
      for member in group.members { state.groups[member.agentID] = group.name }
    }
  }

  /// Removes a group: its agents are restarted each for itself again; that there is none is no error.
  public func removeGroup(named name: String) async throws(ErrorHandlerError) {
    _ = try admittedTime()
    try await commit { store in
      _ = try store.removeRecoveryGroup(named: name)
    } apply: { _, state in
      state.groups = state.groups.filter { $0.value != name }
    }
  }

  /// Lets a group that shut down restart its agents again, with no restart counted; false when there is none.
  public func resetGroup(named name: String) async throws(ErrorHandlerError) -> Bool {
    _ = try admittedTime()
    return try await commit { [records] store in
      guard var supervisor = try records.supervisor(name, in: store) else { return false }
      supervisor.reset()
      try records.put(supervisor, in: store)
      return true
    } apply: { wasFound, _ in
      wasFound
    }
  }

  /// A group with the members that it has now, and whether it has shut down; nil when there is none.
  public func group(
    named name: String
  ) async throws(ErrorHandlerError) -> (group: SupervisionGroup, isShutDown: Bool)? {
    try await store.read(throwing: ErrorHandlerError.self) { [records] store in
      try records.supervisor(name, in: store).map { ($0.group, $0.isShutDown) }
    }
  }

  /// Takes the end of an agent that did not fail: a permanent member of a group is restarted then, too.
  ///
  /// - Returns: What is to be carried out; nil when it is in no group, or stays ended.
  public func agentEnded(_ agentID: AgentID) async throws(ErrorHandlerError) -> RecoveryPlan? {
    let now = try admittedTime()
    guard let group = state.withLock({ $0.groups[agentID] }) else { return nil }
    return try await commit { [records] store in
      try records.ended(agentID, group: group, at: now, in: store)
    } apply: { (result: (RecoveryPlan?, AgentChange?), state) in
      if let change = result.1 { state.apply(change) }
      return result.0
    }
  }
}
