import Logging
public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultResourceManager {
  /// Promises an agent what its limits say.
  ///
  /// The promise is durable when this returns. An agent whose commands run at this moment has what they need already, and
  /// is refused as ``ResourceError/alreadyAllocated(agentID:)``: try again when they have ended.
  @discardableResult
  public func allocateResources(
    _ agentID: AgentID, limits: ResourceLimits
  ) async throws(ResourceError) -> ResourceAllocation {
    try Self.validate(limits)
    return try await turns.run(agentID) { () async throws(ResourceError) in
      try state.withLock { state throws(ResourceError) in
        guard !state.isShutDown else { throw .shuttingDown }
        try Self.granting(agentID) { () throws(ResourceLedger.Refusal) in
          try state.ledger.allocate(ResourceAmount(limits), to: agentID)
        }
      }
      let now = environment.now()
      let row = AllocationRow(agentID: agentID, limits: limits, allocatedAt: now)
      do throws(ResourceError) {
        try await store.write(throwing: ResourceError.self) { try $0.insertAllocation(row) }
      } catch {
        serveWaiting { state in
          try? state.ledger.deallocate(agentID)
          return state.serve(at: now)
        }
        throw error
      }
      // Commands of the agent that came meanwhile have their turn with it.
      serveWaiting { state in
        state.allocations[agentID] = .init(limits: limits, allocatedAt: row.allocatedAt)
        return state.serve(at: now)
      }
      return ResourceAllocation(agentID: agentID, allocatedAt: row.allocatedAt, limits: limits)
    }
  }

  /// Takes back what an agent has, also while the manager shuts down.
  ///
  /// What commands that run at this moment need is theirs until the last of them has ended.
  public func deallocateResources(_ agentID: AgentID) async throws(ResourceError) {
    try await turns.run(agentID) { () async throws(ResourceError) in
      guard state.withLock({ $0.allocations[agentID]?.isTransient == false }) else {
        throw .allocationNotFound(agentID: agentID)
      }
      try await store.write(throwing: ResourceError.self) { try $0.removeAllocation(agentID) }
      let now = environment.now()
      var isGone = true
      serveWaiting { state in
        if state.queue.runningCount(of: agentID) > 0 {
          state.allocations[agentID]?.isTransient = true
          isGone = false
        } else {
          // It cannot fail: the agent has its turn, and had something.
          try? state.remove(agentID)
        }
        return state.serve(at: now)
      }
      if isGone { sampling.withLock { $0.remove(agentID) } }
    }
  }

  /// Changes an agent's limits, in the ledger, in the kernel and in the store, or nowhere.
  ///
  /// Until all three have changed, the larger of the former and the new amounts is kept free.
  public func updateResourceLimits(_ agentID: AgentID, limits: ResourceLimits) async throws(ResourceError) {
    try Self.validate(limits)
    try await turns.run(agentID) { () async throws(ResourceError) in
      let (former, isTransient) = try state.withLock { state throws(ResourceError) -> (ResourceLimits, Bool) in
        guard !state.isShutDown else { throw .shuttingDown }
        guard let allocation = state.allocations[agentID] else { throw .allocationNotFound(agentID: agentID) }
        let larger = ResourceAmount(limits).union(ResourceAmount(allocation.limits))
        try Self.granting(agentID) { () throws(ResourceLedger.Refusal) in
          try state.ledger.update(larger, of: agentID)
        }
        return (allocation.limits, allocation.isTransient)
      }
      do throws(ResourceError) {
        try await change(agentID, from: former, to: limits, isStored: !isTransient)
      } catch {
        settle(agentID, former)
        throw error
      }
      settle(agentID, limits)
    }
  }

  /// Ends a change; what is no longer needed goes to those who wait.
  private func settle(_ agentID: AgentID, _ limits: ResourceLimits) {
    let now = environment.now()
    serveWaiting { state in
      // Less than what is held is always granted; what was given back meanwhile is not there any more.
      try? state.ledger.update(ResourceAmount(limits), of: agentID)
      state.allocations[agentID]?.limits = limits
      return state.serve(at: now)
    }
  }

  /// Changes the kernel's limits and the stored ones; when it throws, the former ones are back.
  private func change(
    _ agentID: AgentID, from former: ResourceLimits, to limits: ResourceLimits, isStored: Bool
  ) async throws(ResourceError) {
    let enforcer = configuration.isEnforcementEnabled ? enforcer : nil
    try await enforcer?.apply(limits, to: agentID)
    guard isStored else { return }
    do throws(ResourceError) {
      let isThere = try await store.write(throwing: ResourceError.self) {
        try $0.updateAllocation(agentID, limits: limits)
      }
      guard isThere else { throw .storeFailed(reason: "the allocation of agent `\(agentID)` is not in the store") }
    } catch {
      do throws(ResourceError) {
        try await enforcer?.apply(former, to: agentID)
      } catch let second {
        logger.error(
          "the former limits of agent `\(agentID)` could not be set again: \(second.message)",
          metadata: ["code": "\(second.code)"])
      }
      throw error
    }
  }

  /// Sets the thresholds of an agent; they hold until it gives its resources back or the runtime ends.
  public func setResourceAlerts(
    _ agentID: AgentID, thresholds: ResourceThresholds
  ) async throws(ResourceError) {
    do { try thresholds.validate() } catch { throw .limitsInvalid(reason: error.message) }
    try state.withLock { state throws(ResourceError) in
      guard !state.isShutDown else { throw .shuttingDown }
      guard state.allocations[agentID] != nil else { throw .allocationNotFound(agentID: agentID) }
      state.allocations[agentID]?.thresholds = thresholds
    }
  }

  private static func validate(_ limits: ResourceLimits) throws(ResourceError) {
    do { try limits.validate() } catch { throw .limitsInvalid(reason: error.message) }
  }

  /// Says why the ledger refused, in the words of the interface.
  static func granting<Value>(
    _ agentID: AgentID, _ body: () throws(ResourceLedger.Refusal) -> Value
  ) throws(ResourceError) -> Value {
    do throws(ResourceLedger.Refusal) { return try body() } catch {
      switch error {
      case .alreadyAllocated: throw .alreadyAllocated(agentID: agentID)
      case .notFound: throw .allocationNotFound(agentID: agentID)
      case .insufficient(let requirements): throw .insufficientResources(requirements: requirements)
      }
    }
  }
}
