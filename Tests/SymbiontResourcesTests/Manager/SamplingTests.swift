import SymbiontCore
import SymbiontTesting
import Synchronization
import Testing

@testable import SymbiontResources

@Suite("Measuring of the resource manager")
struct SamplingTests {
  private static let limits = ResourceLimits(
    memoryMegabytes: 100, cpuCores: 1, diskMegabytesPerSecond: 10, networkMegabytesPerSecond: 10)

  /// A manager whose loop runs, and one agent with an allocation.
  private struct Running {
    let machine = FakeMachine()
    let manager: DefaultResourceManager
    let agent = AgentID()
    private let events: AsyncStream<ResourceEvent>
    private let loop: Task<Void, Never>

    init() async throws {
      let manager = try await machine.manager()
      self.manager = manager
      try await manager.allocateResources(agent, limits: SamplingTests.limits)
      events = manager.events()
      loop = Task { await manager.run() }
      await machine.clock.waitForSleepers(1)
    }

    func next() async -> ResourceEvent? {
      for await event in events { return event }
      return nil
    }

    func nextViolation() async -> ResourceViolation? {
      guard case .violated(let violation) = await next() else { return nil }
      return violation
    }

    func stop() async throws {
      try await manager.shutdown()
      await loop.value
      #expect(machine.clock.sleeperCount == 0)
    }
  }

  @Test("agents for which nothing runs are not measured and use nothing")
  func idle() async throws {
    let running = try await Running()
    let (machine, manager, agent) = (running.machine, running.manager, running.agent)
    machine.clock.advance(by: .seconds(5))
    await machine.clock.waitForSleepers(1)
    #expect(await manager.checkResourceViolations().isEmpty)
    #expect(try await manager.getResourceUsage(agent) == ResourceUsage(uptime: .seconds(5)))
    #expect(try await manager.getResourceHistory(agent, duration: .seconds(60)).isEmpty)
    try await running.stop()
  }

  @Test("usage, rates and history come from the counters at each interval")
  func usage() async throws {
    let running = try await Running()
    let (machine, manager, agent) = (running.machine, running.manager, running.agent)
    machine.run(agent) {
      $0.cpuNanoseconds = 0
      $0.diskReadBytes = 0
      $0.memoryBytes = 5 << 20
      $0.memoryReclaimableBytes = 1 << 20
    }
    machine.state.withLock { $0.network[agent] = 100 }
    _ = await manager.checkResourceViolations()
    machine.clock.advance(by: .seconds(4))
    machine.run(agent) {
      $0.cpuNanoseconds = 2_000_000_000
      $0.diskReadBytes = 4_000
    }
    machine.state.withLock { $0.network[agent] = 900 }
    _ = await manager.checkResourceViolations()
    let usage = try await manager.getResourceUsage(agent)
    #expect(usage.memoryBytes == 4 << 20 && usage.cpuCores == 0.5 && usage.diskBytesPerSecond == 1_000)
    #expect(usage.networkBytesPerSecond == 200 && usage.uptime == .seconds(4))
    #expect(try await manager.getResourceHistory(agent, duration: .seconds(60)).map(\.usage.cpuCores) == [0, 0.5])
    #expect(try await manager.getResourceHistory(agent, duration: .zero).isEmpty)
    let status = await manager.getSystemResources()
    #expect(status.usedMemoryBytes == 4 << 20 && status.usedCPUCores == 0.5)
    try await running.stop()
  }

  @Test("a usage above its threshold raises an alert, and one clearly below ends it")
  func alerts() async throws {
    let running = try await Running()
    let (machine, manager, agent) = (running.machine, running.manager, running.agent)
    try await manager.setResourceAlerts(
      agent, thresholds: ResourceThresholds(memoryPercentage: 50, sustainedFor: .seconds(10)))
    await #expect(throws: ResourceError.self) {
      try await manager.setResourceAlerts(agent, thresholds: ResourceThresholds(memoryPercentage: .nan))
    }
    machine.run(agent) { $0.memoryBytes = 60 << 20 }
    for _ in 0..<3 {
      machine.clock.advance(by: .seconds(5))
      await machine.clock.waitForSleepers(1)
      _ = await manager.checkResourceViolations()
    }
    guard case .alertRaised(let alert) = await running.next() else {
      Issue.record("no alert")
      return
    }
    #expect(alert.severity == .warning && alert.resource == .memory && alert.limit == Double(50 << 20))
    #expect(await manager.checkResourceViolations().map(\.resource) == [.memory])
    machine.run(agent) { $0.memoryBytes = 10 << 20 }
    machine.clock.advance(by: .seconds(5))
    let cleared = await running.next()
    #expect(cleared == .alertCleared(agent, .memory))
    #expect(await manager.checkResourceViolations().isEmpty)
    try await running.stop()
  }

  @Test("what the kernel announces is measured at once, without waiting for the interval")
  func announcements() async throws {
    let running = try await Running()
    let (machine, manager, agent) = (running.machine, running.manager, running.agent)
    machine.run(agent)
    await manager.measure(agent)
    machine.run(agent) { $0.memoryKills = 1 }
    #expect(machine.announce(agent))
    let violation = try #require(await running.nextViolation())
    #expect(violation.evidence?.counter == "oom_kill" && violation.evidence?.after == 1)
    #expect(await manager.checkResourceViolations().count == 1)
    machine.clock.advance(by: .seconds(60))
    #expect(await manager.checkResourceViolations().isEmpty)
    try await running.stop()
  }

  @Test("a full workspace is a violation, and its files count as used")
  func workspace() async throws {
    let running = try await Running()
    let (machine, manager, agent) = (running.machine, running.manager, running.agent)
    machine.run(agent)
    machine.state.withLock { $0.spaces["/workspaces/\(agent)"] = FileSpace(totalBytes: 1 << 20, availableBytes: 0) }
    machine.clock.advance(by: .seconds(5))
    let violation = try #require(await running.nextViolation())
    #expect(violation.resource == .workspace && violation.observed == Double(1 << 20))
    #expect(await manager.getSystemResources().usedDiskBytes == 1 << 20)
    try await running.stop()
  }

  @Test("an agent that gave its resources back is forgotten, even while something still runs for it")
  func forgotten() async throws {
    let running = try await Running()
    let (machine, manager, agent) = (running.machine, running.manager, running.agent)
    machine.run(agent) { $0.memoryBytes = 99 << 20 }
    _ = await manager.checkResourceViolations()
    try await manager.deallocateResources(agent)
    _ = await manager.checkResourceViolations()
    #expect(await manager.getSystemResources().usedMemoryBytes == 0)
    let hasNoListeners = manager.sampling.withLock { $0.listeners.isEmpty }
    #expect(hasNoListeners)
    try await running.stop()
  }

  @Test("the loop ends with its task, and can be started again")
  func cancelling() async throws {
    let machine = FakeMachine()
    let manager = try await machine.manager()
    for _ in 0..<2 {
      let loop = Task { await manager.run() }
      await machine.clock.waitForSleepers(1)
      await manager.run()
      loop.cancel()
      await loop.value
      #expect(machine.clock.sleeperCount == 0)
    }
  }

  @Test("only so many agents' usage is kept")
  func bound() {
    var state = ResourceState(ledger: ResourceLedger(capacity: .zero))
    for number in 0..<(ResourceState.maximumMonitors + 10) {
      let agent = AgentID()
      state.allocations[agent] = .init(limits: Self.limits, allocatedAt: .epoch)
      _ = state.observe(UsageReading(), of: agent, at: .init(now: .epoch, elapsed: .seconds(number)))
    }
    #expect(state.monitors.count == ResourceState.maximumMonitors)
  }
}
