import SymbiontCore
import SymbiontStore
import SymbiontTesting
import Synchronization
import Testing

@testable import SymbiontResources

@Suite("Allocations of the resource manager")
struct AllocationTests {
  private static let small = ResourceLimits(memoryMegabytes: 100, cpuCores: 0.5, networkMegabytesPerSecond: 10)

  private static func stored(_ store: Store) async throws -> [ResourceLimits] {
    try await store.read { try $0.allocations() }.map(\.limits)
  }

  private static func isStoreFailure(_ error: any Error) -> Bool {
    guard case ResourceError.storeFailed = error else { return false }
    return true
  }

  @Test("configurations that cannot be kept are refused, by name")
  func configurations() async throws {
    let machine = FakeMachine()
    var scaling = FakeMachine.configuration()
    scaling.isAutoScalingEnabled = true
    var damaged = FakeMachine.configuration()
    damaged.resourceReservationPercentage = .nan
    for (configuration, word) in [(scaling, "auto_scaling_enabled"), (damaged, "resource_reservation_percentage")] {
      await #expect(
        performing: { try await machine.manager(configuration) },
        throws: { error in
          guard case ResourceError.limitsInvalid(let reason) = error else { return false }
          return reason.contains(word)
        })
    }
    machine.state.withLock { $0.enforceable = [.memory, .processes] }
    await #expect(
      performing: { try await machine.manager() },
      throws: { error in
        guard case ResourceError.limitUnenforceable("processor", _) = error else { return false }
        return true
      })
    var unenforced = FakeMachine.configuration()
    unenforced.isEnforcementEnabled = false
    _ = try await machine.manager(unenforced)
  }

  @Test("limits out of bounds are refused before anything is promised")
  func invalidLimits() async throws {
    let manager = try await FakeMachine().manager()
    let agent = AgentID()
    let bad = [
      ResourceLimits(memoryMegabytes: -1), ResourceLimits(memoryMegabytes: .max), ResourceLimits(cpuCores: .nan),
      ResourceLimits(cpuCores: -.infinity), ResourceLimits(cpuCores: 1e300),
      ResourceLimits(networkMegabytesPerSecond: .min), ResourceLimits(idleTimeout: .zero),
    ]
    for limits in bad {
      await #expect(
        performing: { try await manager.allocateResources(agent, limits: limits) },
        throws: { error in
          guard case ResourceError.limitsInvalid = error else { return false }
          return true
        })
    }
    #expect(await manager.getSystemResources().allocationCount == 0)
  }

  @Test("every call that names an agent without an allocation says so")
  func unknownAgent() async throws {
    let manager = try await FakeMachine().manager()
    let agent = AgentID()
    let expected = ResourceError.allocationNotFound(agentID: agent)
    await #expect(throws: expected) { try await manager.deallocateResources(agent) }
    await #expect(throws: expected) { try await manager.updateResourceLimits(agent, limits: Self.small) }
    await #expect(throws: expected) { try await manager.getResourceUsage(agent) }
    await #expect(throws: expected) { try await manager.setResourceAlerts(agent, thresholds: ResourceThresholds()) }
    await #expect(throws: expected) { try await manager.getResourceHistory(agent, duration: .seconds(1)) }
  }

  @Test("more than the machine has is refused, with what is free, and less than that is granted")
  func admission() async throws {
    let manager = try await FakeMachine().manager()
    let agent = AgentID()
    let allocation = try await manager.allocateResources(
      agent, limits: ResourceLimits(memoryMegabytes: 900, cpuCores: 3.5))
    #expect(allocation.agentID == agent && allocation.limits.memoryMegabytes == 900)
    await #expect(throws: ResourceError.alreadyAllocated(agentID: agent)) {
      try await manager.allocateResources(agent, limits: Self.small)
    }
    await #expect(
      throws: ResourceError.insufficientResources(requirements: "101 MB of memory (100 MB are free)")
    ) {
      try await manager.allocateResources(AgentID(), limits: ResourceLimits(memoryMegabytes: 101, cpuCores: 0.5))
    }
    try await manager.allocateResources(AgentID(), limits: Self.small)
    let status = await manager.getSystemResources()
    #expect(status.allocatedMemoryBytes == 1_000 << 20 && status.allocatedCPUCores == 4 && status.allocationCount == 2)
  }

  @Test("limits that the kernel refuses change nowhere")
  func refusedUpdate() async throws {
    let machine = FakeMachine()
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let manager = try await machine.manager(store: store)
    let agent = AgentID()
    try await manager.allocateResources(agent, limits: Self.small)
    let before = await manager.getSystemResources()
    machine.state.withLock { $0.failure = .limitUnenforceable(limit: "memory", reason: "in use") }
    for megabytes in [50, 500] {
      await #expect(throws: ResourceError.limitUnenforceable(limit: "memory", reason: "in use")) {
        try await manager.updateResourceLimits(agent, limits: ResourceLimits(memoryMegabytes: megabytes, cpuCores: 1))
      }
    }
    var after = await manager.getSystemResources()
    after.takenAt = before.takenAt
    #expect(after == before)
    #expect(try await Self.stored(store) == [Self.small])
    machine.state.withLock { $0.failure = nil }
    let larger = ResourceLimits(memoryMegabytes: 500, cpuCores: 1)
    try await manager.updateResourceLimits(agent, limits: larger)
    let applied = machine.state.withLock { $0.applied.map(\.limits) }
    #expect(applied == [larger])
    #expect(try await Self.stored(store) == [larger])
    #expect(await manager.getSystemResources().allocatedMemoryBytes == 500 << 20)
  }

  @Test("when the store fails nothing is promised, nothing changes, and nothing is given back")
  func storeFailures() async throws {
    let machine = FakeMachine()
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let manager = try await machine.manager(store: store)
    let agent = AgentID()
    try await manager.allocateResources(agent, limits: Self.small)
    await store.close()
    await #expect(
      performing: { try await manager.allocateResources(AgentID(), limits: Self.small) },
      throws: { Self.isStoreFailure($0) })
    await #expect(
      performing: { try await manager.updateResourceLimits(agent, limits: ResourceLimits(memoryMegabytes: 1)) },
      throws: { Self.isStoreFailure($0) })
    await #expect(performing: { try await manager.deallocateResources(agent) }, throws: { Self.isStoreFailure($0) })
    let status = await manager.getSystemResources()
    #expect(status.allocationCount == 1 && status.allocatedMemoryBytes == 100 << 20)
    // The kernel has the former limits again.
    let applied = machine.state.withLock { $0.applied.map(\.limits.memoryMegabytes) }
    #expect(applied == [1, 100])
  }

  @Test("what is promised is there again after the end of the runtime, and can be given back")
  func durability() async throws {
    let directory = try TemporaryStoreDirectory()
    defer { withExtendedLifetime(directory) {} }
    let machine = FakeMachine()
    let agents = (0..<3).map { _ in AgentID() }
    let limits = ResourceLimits(
      memoryMegabytes: 7, cpuCores: 0.3, diskMegabytesPerSecond: 3, networkMegabytesPerSecond: 2,
      executionTimeout: .milliseconds(1_500), idleTimeout: .seconds(31_536_000))
    let configuration = StoreConfiguration(durability: .disk(directory: directory.path))
    let first = try Store.open(configuration)
    let manager = try await machine.manager(store: first)
    for agent in agents { try await manager.allocateResources(agent, limits: limits) }
    try await manager.deallocateResources(agents[2])
    await first.close()
    let second = try Store.open(configuration)
    let next = try await machine.manager(store: second)
    #expect(await next.getSystemResources().allocatedCPUCores == 0.6)
    #expect(try await Self.stored(second) == [limits, limits])
    await #expect(throws: ResourceError.alreadyAllocated(agentID: agents[0])) {
      try await next.allocateResources(agents[0], limits: limits)
    }
    for agent in agents.prefix(2) { try await next.deallocateResources(agent) }
    #expect(await next.getSystemResources().allocatedMemoryBytes == 0)
    await second.close()
  }

  @Test("after the shutdown nothing new is promised, and everything can be given back")
  func shutdown() async throws {
    let manager = try await FakeMachine().manager()
    let agent = AgentID()
    try await manager.allocateResources(agent, limits: Self.small)
    let events = manager.events()
    try await manager.shutdown()
    try await manager.shutdown()
    for await _ in events {}
    for await _ in manager.events() {}
    await manager.run()
    await #expect(throws: ResourceError.shuttingDown) {
      try await manager.allocateResources(AgentID(), limits: Self.small)
    }
    await #expect(throws: ResourceError.shuttingDown) {
      try await manager.updateResourceLimits(agent, limits: Self.small)
    }
    try await manager.deallocateResources(agent)
    #expect(await manager.getSystemResources().allocationCount == 0)
  }

  @Test("thousands of calls at once never promise more than there is, and leave nothing")
  func concurrency() async throws {
    let random = SeededRandom.forTest()
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let machine = FakeMachine()
    let manager = try await machine.manager(store: store)
    let agents = (0..<40).map { _ in AgentID() }
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<16 {
        group.addTask {
          var random = random.branch(worker)
          for _ in 0..<250 {
            let agent = agents[Int.random(in: agents.indices, using: &random)]
            let limits = ResourceLimits(
              memoryMegabytes: .random(in: 1...300, using: &random),
              cpuCores: Double(Int.random(in: 1...120, using: &random)) / 100,
              networkMegabytesPerSecond: .random(in: 1...20, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1: _ = try? await manager.allocateResources(agent, limits: limits)
            case 2: try? await manager.updateResourceLimits(agent, limits: limits)
            default: try? await manager.deallocateResources(agent)
            }
            let status = await manager.getSystemResources()
            let isWithin =
              status.allocatedMemoryBytes <= status.totalMemoryBytes
              && status.allocatedCPUCores <= status.totalCPUCores
              && status.allocatedNetworkBytesPerSecond <= status.totalNetworkBytesPerSecond
            #expect(isWithin, "\(random)")
          }
        }
      }
    }
    let stored = try await store.read { try $0.allocations() }
    let status = await manager.getSystemResources()
    #expect(status.allocationCount == stored.count, "\(random)")
    #expect(status.allocatedMemoryBytes == stored.reduce(0) { $0 + $1.limits.memoryBytes }, "\(random)")
    for row in stored { try await manager.deallocateResources(row.agentID) }
    let end = await manager.getSystemResources()
    #expect(end.allocatedMemoryBytes == 0 && end.allocatedCPUCores == 0 && end.allocationCount == 0, "\(random)")
    #expect(end.allocatedNetworkBytesPerSecond == 0 && manager.turns.count == 0, "\(random)")
  }
}
