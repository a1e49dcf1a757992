import Logging
public import SymbiontCore
public import SymbiontResources
import Synchronization

/// What the resource manager asks of the sandboxes of an agent.
extension DefaultSandboxOrchestrator: ResourceEnforcer {
  /// The most agents of which the bytes of ended sandboxes are remembered.
  private static let rememberedAgents = 4_096

  /// Changes the limits of every sandbox of the agent that runs or is being started, or of none.
  public func apply(_ limits: ResourceLimits, to agentID: AgentID) async throws(ResourceError) {
    var changed: [(id: SandboxID, former: ResourceLimits)] = []
    for entry in entries(of: agentID) {
      let (former, isRunning) = entry.state.withLock { state -> (ResourceLimits, Bool) in
        let former = state.limits.resources
        switch state.machine.status {
        case .running, .paused: return (former, true)
        case .starting: state.changedResources = limits
        case .created, .stopped: state.limits.resources = limits
        case .stopping, .failed, .destroyed: break
        }
        return (former, false)
      }
      do throws(SandboxError) {
        if isRunning { try await updateLimits(entry.id, limits) }
        changed.append((entry.id, former))
      } catch {
        // One that ends in this moment needs no limits any more.
        guard !entry.hasEnded else { continue }
        for (id, former) in changed.reversed() { await restore(former, of: id) }
        throw Self.resourceError(error, agentID)
      }
    }
  }

  private func restore(_ limits: ResourceLimits, of sandboxID: SandboxID) async {
    guard let entry = try? entry(sandboxID) else { return }
    let isRunning = entry.state.withLock { state -> Bool in
      if state.changedResources != nil { state.changedResources = limits }
      if state.machine.status == .created || state.machine.status == .stopped { state.limits.resources = limits }
      return state.machine.status == .running || state.machine.status == .paused
    }
    guard isRunning else { return }
    do throws(SandboxError) { try await updateLimits(sandboxID, limits) } catch {
      log(entry, "its former limits could not be set again: \(error.message)", level: .error)
    }
  }

  private static func resourceError(_ error: SandboxError, _ agentID: AgentID) -> ResourceError {
    switch error {
    case .limitUnenforceable(let limit, let reason): .limitUnenforceable(limit: limit, reason: reason)
    default: .allocationFailed(agentID: agentID, reason: error.message)
    }
  }

  /// The agents of which a sandbox runs.
  public func activeAgents() async -> Set<AgentID> {
    let entries = registry.withLock { Array($0.entries.values) }
    return Set(entries.compactMap { entry in entry.state.withLock { $0.running == nil ? nil : $0.agentID } })
  }

  /// The control groups of the agent's sandboxes.
  public func groups(of agentID: AgentID) async -> [String] {
    entries(of: agentID).compactMap { entry in entry.state.withLock { $0.running?.launched.controlGroupPath } }
  }

  /// Where the volumes of the agent's sandboxes are mounted.
  ///
  /// A directory of the machine has no size of its own, and the volume of a virtual machine is never mounted here.
  public func workspaces(of agentID: AgentID) async -> [String] {
    entries(of: agentID).filter { entry in entry.state.withLock(\.isMounted) }.map { volumes.mountPath(of: $0.id) }
  }

  /// All bytes that the agent's sandboxes have sent and received; nil when none of them had a network.
  public func networkBytes(of agentID: AgentID) async -> Int? {
    var total = passedBytes.withLock { $0[agentID] }
    for entry in entries(of: agentID) {
      guard let bytes = await bytesPassed(by: entry) else { continue }
      total = Self.sum(total ?? 0, bytes)
    }
    return total
  }

  /// Remembers what a network has passed, before it is removed.
  func keepPassedBytes(of entry: SandboxEntry) async {
    guard let agentID = entry.state.withLock({ $0.agentID }), let bytes = await bytesPassed(by: entry) else { return }
    passedBytes.withLock { passed in
      if passed[agentID] == nil, passed.count >= Self.rememberedAgents, let other = passed.keys.first {
        passed[other] = nil
      }
      passed[agentID] = Self.sum(passed[agentID] ?? 0, bytes)
    }
  }

  private func bytesPassed(by entry: SandboxEntry) async -> Int? {
    guard entry.config.networkConfig.mode != .none, entry.state.withLock({ $0.running != nil }), let networks else {
      return nil
    }
    return try? await networks.bytes(of: entry.id)
  }

  private static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }

  private func entries(of agentID: AgentID) -> [SandboxEntry] {
    registry.withLock { Array($0.entries.values) }.filter { entry in entry.state.withLock { $0.agentID } == agentID }
      .sorted { $0.id < $1.id }
  }
}

extension SandboxEntry {
  /// Whether nothing of it runs any more, or soon nothing will.
  fileprivate var hasEnded: Bool {
    switch status {
    case .stopping, .stopped, .failed, .destroyed: true
    case .created, .starting, .running, .paused: false
    }
  }
}
