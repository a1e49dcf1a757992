import SymbiontCore
import SymbiontStore
import SymbiontSystem
import Synchronization
import Testing

@testable import SymbiontResources

/// Keeps one real control group to its limits.
private final class GroupEnforcer: ResourceEnforcer {
  let agentID: AgentID
  let group: ControlGroup

  init(_ agentID: AgentID, _ group: ControlGroup) {
    self.agentID = agentID
    self.group = group
  }

  func apply(_ limits: ResourceLimits, to agentID: AgentID) async throws(ResourceError) {
    do throws(ControlGroupError) {
      try group.apply(ControlGroupLimits(memoryBytes: limits.memoryBytes, cpuCores: limits.cpuCores))
    } catch {
      throw .limitUnenforceable(limit: "memory", reason: "\(error)")
    }
  }

  func activeAgents() async -> Set<AgentID> { [agentID] }
  func groups(of agentID: AgentID) async -> [String] { [group.path] }
}

@Suite("The resource manager on this machine's control groups", .needsControlGroups, .serialized)
struct RealUsageTests {
  @Test("a kill for want of memory becomes a violation with its evidence at once, and limits change while it runs")
  func outOfMemory() async throws {
    try await RealGroups.run { group in
      let store = try Store.open(StoreConfiguration(durability: .memory))
      let configuration = ResourceManagerConfig(monitoringInterval: .seconds(3_600))
      let manager = try await DefaultResourceManager.open(configuration, store: store)
      let agent = AgentID()
      let enforcer = GroupEnforcer(agent, group)
      manager.enforcer = enforcer
      try await manager.allocateResources(agent, limits: ResourceLimits(memoryMegabytes: 16, cpuCores: 0.5))
      try await manager.updateResourceLimits(agent, limits: ResourceLimits(memoryMegabytes: 24, cpuCores: 0.25))
      #expect(try group.counters().memoryLimitBytes == 24 << 20)
      var events = manager.events().makeAsyncIterator()
      let loop = Task { await manager.run() }
      while manager.sampling.withLock(\.listeners.isEmpty) { await manager.measure(agent) }
      _ = try RealGroups.start("tail /dev/zero", in: group)
      var violation: ResourceViolation?
      while let event = await events.next(), violation == nil {
        if case .violated(let found) = event, found.resource == .memory { violation = found }
        if violation != nil { break }
      }
      let found = try #require(violation)
      #expect(found.limit == Double(24 << 20) && found.observed > Double(8 << 20))
      #expect(found.evidence?.subject == group.path && found.evidence?.counter == "oom_kill")
      #expect(found.evidence?.before == 0 && found.evidence?.after ?? 0 >= 1)
      try await manager.shutdown()
      await loop.value
      await store.close()
    }
  }
}
