public import SymbiontCore
import Synchronization

extension DefaultResourceManager {
  /// What an agent used when it was last measured.
  ///
  /// An agent for which nothing ran yet uses nothing.
  public func getResourceUsage(_ agentID: AgentID) async throws(ResourceError) -> ResourceUsage {
    let now = environment.now()
    return try state.withLock { state throws(ResourceError) in
      guard let allocation = state.allocations[agentID] else { throw .allocationNotFound(agentID: agentID) }
      var usage = state.monitors[agentID]?.usage ?? ResourceUsage()
      usage.uptime = max(.zero, now - allocation.allocatedAt)
      return usage
    }
  }

  /// What all agents share, what is promised, and what was in use at the last measurement.
  public func getSystemResources() async -> SystemResourceStatus {
    let now = environment.now()
    let total = diskBytes
    return state.withLock { state in
      let monitors = state.monitors.values
      return SystemResourceStatus(
        takenAt: now, totalMemoryBytes: state.ledger.capacity.memoryBytes,
        allocatedMemoryBytes: state.ledger.allocated.memoryBytes,
        usedMemoryBytes: monitors.reduce(0) { $0.addingSaturated($1.usage.memoryBytes) },
        totalCPUCores: state.ledger.capacity.cores, allocatedCPUCores: state.ledger.allocated.cores,
        usedCPUCores: monitors.reduce(0) { $0 + $1.usage.cpuCores }, totalDiskBytes: total,
        usedDiskBytes: monitors.reduce(0) { $0.addingSaturated($1.diskBytes) },
        totalNetworkBytesPerSecond: state.ledger.capacity.networkBytesPerSecond,
        allocatedNetworkBytesPerSecond: state.ledger.allocated.networkBytesPerSecond,
        allocationCount: state.ledger.count)
    }
  }

  /// Measures everything that runs, and gives the alerts that hold and the violations of the last interval.
  public func checkResourceViolations() async -> [ResourceViolation] {
    let now = environment.now()
    await measureAll()
    let since = now + (.zero - configuration.monitoringInterval)
    return state.withLock { state in
      state.monitors.sorted { $0.key < $1.key }.flatMap { $0.value.present($0.key, since: since, at: now) }
    }
  }

  /// The usage over the last while, as far back as a day: the last ten minutes as measured, before that by the minute.
  public func getResourceHistory(
    _ agentID: AgentID, duration: Duration
  ) async throws(ResourceError) -> [ResourceSnapshot] {
    let now = environment.now()
    return try state.withLock { state throws(ResourceError) in
      guard state.allocations[agentID] != nil else { throw .allocationNotFound(agentID: agentID) }
      guard duration > .zero else { return [] }
      return state.monitors[agentID]?.history.snapshots(of: agentID, since: now + (.zero - duration)) ?? []
    }
  }

  /// Records a violation that another part noticed, such as an execution that took too long.
  package func report(_ violation: ResourceViolation) {
    announce([.violated(violation)])
  }
}
