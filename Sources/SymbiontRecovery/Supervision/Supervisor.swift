package import SymbiontCore

/// One group and its latest restarts: told how a member ended, it says what is to be done.
package struct Supervisor: Sendable, Hashable {
  /// What is to be done about the end of a member.
  package enum Verdict: Sendable, Hashable {
    /// Stop and then start these, in these orders.
    case restart(stop: [AgentID], start: [AgentID])
    /// Nothing.
    case leave
    /// There were more restarts than the intensity allows: stop these in this order. The group is shut down.
    case shutDown(stop: [AgentID])
  }

  package private(set) var group: SupervisionGroup
  /// When there were restarts, within the period before the last one; the oldest first.
  package private(set) var restarts: [Timestamp]
  /// Whether it has given up: nothing is restarted until the group is started again.
  package private(set) var isShutDown: Bool

  package init(_ group: SupervisionGroup, restarts: [Timestamp] = [], isShutDown: Bool = false) {
    self.group = group
    self.restarts = restarts
    self.isShutDown = isShutDown
  }

  /// A member ended.
  package mutating func ended(_ agentID: AgentID, _ ending: SupervisionTable.Ending, at now: Timestamp) -> Verdict {
    guard !isShutDown, let position = position(of: agentID) else { return .leave }
    switch SupervisionTable.response(to: ending, of: group.members[position].restart) {
    case .restart: return restart(position, at: now)
    case .leave: return .leave
    case .remove:
      group.members.remove(at: position)
      return .leave
    }
  }

  /// A member could not be started again; as in OTP that is tried again, and counts as one more restart.
  package mutating func startFailed(_ agentID: AgentID, at now: Timestamp) -> Verdict {
    guard !isShutDown, let position = position(of: agentID) else { return .leave }
    return restart(position, at: now)
  }

  /// Begins anew, with no restart counted.
  package mutating func reset() {
    restarts = []
    isShutDown = false
  }

  private func position(of agentID: AgentID) -> Int? { group.members.firstIndex { $0.agentID == agentID } }

  private mutating func restart(_ position: Int, at now: Timestamp) -> Verdict {
    guard countRestart(at: now) else {
      isShutDown = true
      return .shutDown(stop: group.members.reversed().map(\.agentID))
    }
    let agentID = group.members[position].agentID
    let scope = SupervisionTable.scope(of: group.strategy, position: position, count: group.members.count)
    let stopped = group.members[scope].reversed().map(\.agentID)
    // A temporary one that another's end stops is gone; the one that ended is none.
    group.members.removeAll { $0.restart == .temporary && $0.agentID != agentID && stopped.contains($0.agentID) }
    let started = group.members.map(\.agentID).filter { stopped.contains($0) }
    return .restart(stop: stopped, start: started)
  }

  /// Counts a restart; false when there are more within the period than the intensity allows.
  private mutating func countRestart(at now: Timestamp) -> Bool {
    restarts.removeAll { $0 < now - group.period }
    restarts.append(now)
    return restarts.count <= group.intensity
  }
}
