import Logging
package import SymbiontCore
import Synchronization

/// What a command may use.
package struct CommandGrant: Sendable {
  /// The limits that hold for it.
  package var limits: ResourceLimits
  /// When it was given, by the clock of the manager.
  package var grantedAt: Timestamp
}

/// The admission of commands: each runs only while its agent holds what its limits say.
///
/// What is held so lasts as long as commands of the agent run and is in memory only, so that a crash leaves nothing
/// allocated.
extension DefaultResourceManager {
  /// Waits, in order of arrival, until an agent has its resources, and keeps them for one command until ``end(_:)``.
  ///
  /// - Returns: What holds for the command: the limits that the agent was allocated, otherwise the given ones.
  /// - Throws: ``ResourceError/insufficientResources(requirements:)`` at once when they can never be had, and when they
  ///   were not free in time; ``ResourceError/limitsInvalid(reason:)``; ``ResourceError/shuttingDown``. Nothing is held
  ///   then.
  package func begin(
    _ agentID: AgentID, limits: ResourceLimits, within timeout: Duration
  ) async throws(ResourceError) -> CommandGrant {
    do { try limits.validate() } catch { throw .limitsInvalid(reason: error.message) }
    let now = environment.now()
    let ticket = AdmissionTicket()
    let admission = try tickets.withLock { tickets throws(ResourceError) in
      let admission = try state.withLock { state throws(ResourceError) in
        guard !state.isShutDown else { throw .shuttingDown }
        return try Self.granting(agentID) { () throws(ResourceLedger.Refusal) in
          try state.admit(agentID, limits, at: now)
        }
      }
      if case .waits(let number) = admission { tickets[number] = ticket }
      return admission
    }
    switch admission {
    case .granted(let limits): return CommandGrant(limits: limits, grantedAt: now)
    case .waits(let number):
      logger.debug("a command of agent `\(agentID)` waits for resources")
      switch await wait(for: ticket, number, within: timeout) {
      case .granted(let limits): return CommandGrant(limits: limits, grantedAt: environment.now())
      case .late:
        let free = state.withLock { $0.ledger.free }
        throw .insufficientResources(
          requirements: "a command that waited for \(timeout): \(ResourceShortage.words(limits, free: free))")
      }
    }
  }

  /// A command for which ``begin(_:limits:within:)`` was called has ended, and nothing of its sandbox is left.
  package func end(_ agentID: AgentID) {
    let now = environment.now()
    serveWaiting { $0.release(agentID, at: now) }
  }

  /// Changes the state, and tells those who had their turn by it.
  func serveWaiting(_ change: (inout ResourceState) -> [ResourceState.Grant]) {
    let granted = tickets.withLock { tickets in
      state.withLock { change(&$0) }.map { grant in (grant, tickets.removeValue(forKey: grant.number)) }
    }
    for (grant, ticket) in granted where ticket?.settle(.granted(grant.limits)) != true {
      // It gave up in the same moment.
      end(grant.agentID)
    }
  }

  private func wait(
    for ticket: AdmissionTicket, _ number: AdmissionQueue.Number, within timeout: Duration
  ) async -> AdmissionTicket.Outcome {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [environment] in
        // Cancelled when the outcome is there, and when the caller gives up.
        try? await environment.sleep(timeout)
        self.giveUp(ticket, number)
      }
      let outcome = await ticket.outcome()
      group.cancelAll()
      return outcome
    }
  }

  private func giveUp(_ ticket: AdmissionTicket, _ number: AdmissionQueue.Number) {
    guard ticket.settle(.late) else { return }
    tickets.withLock { $0[number] = nil }
    let now = environment.now()
    serveWaiting { $0.withdraw(number, at: now) }
  }
}

extension DefaultResourceManager {
  /// Measures an agent whose command begins or has ended, and keeps what was counted for limits that the command reached,
  /// where only its own sandbox counts.
  package func observe(_ agentID: AgentID, evidence: [ResourceKind: ResourceViolation.Evidence]) async {
    await measure(agentID)
    state.withLock { state in
      for (resource, evidence) in evidence { state.evidence[agentID, default: [:]][resource] = evidence }
    }
  }

  /// Tells of limits at which a command of an agent was stopped, unless a measurement since its beginning told of them.
  package func report(
    _ resources: [ResourceKind], of agentID: AgentID, limits: ResourceLimits, processes: Int, since time: Timestamp
  ) {
    let now = environment.now()
    let events = state.withLock { state -> [ResourceEvent] in
      let evidence = state.evidence.removeValue(forKey: agentID) ?? [:]
      return resources.filter { !state.hasViolation(of: $0, by: agentID, since: time) }.map { resource in
        // The size of a workspace is only known to its sandbox; what it held when it was full stands for it.
        let limit =
          resource == .workspace
          ? Double(evidence[resource]?.after ?? 0) : Self.limit(of: resource, limits, processes: processes)
        let violation = ResourceViolation(
          agentID: agentID, resource: resource, severity: .exceeded, limit: limit, observed: limit, observedAt: now,
          evidence: evidence[resource])
        state.note(violation)
        return .violated(violation)
      }
    }
    announce(events)
  }

  /// The limits at which an agent was stopped since a time.
  package func reached(by agentID: AgentID, since time: Timestamp) -> [ResourceKind] {
    state.withLock { state in ResourceKind.allCases.filter { state.hasViolation(of: $0, by: agentID, since: time) } }
  }

  /// The limit in the unit of the resource.
  private static func limit(of resource: ResourceKind, _ limits: ResourceLimits, processes: Int) -> Double {
    switch resource {
    case .memory: Double(limits.memoryBytes)
    case .cpu: limits.cpuCores
    case .processes: Double(processes)
    case .executionTime: limits.executionTimeout / .seconds(1)
    case .idleTime: limits.idleTimeout / .seconds(1)
    case .diskIO: Double(limits.diskBytesPerSecond)
    case .networkIO: Double(limits.networkBytesPerSecond)
    case .workspace: 0
    }
  }
}
