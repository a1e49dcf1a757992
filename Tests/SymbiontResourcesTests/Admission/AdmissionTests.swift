import SymbiontCore
import SymbiontStore
import SymbiontTesting
import Synchronization
import Testing

@testable import SymbiontResources

@Suite("The admission of commands")
struct AdmissionTests {
  private static let patience = Duration.seconds(60)

  private static func limits(memory: Int) -> ResourceLimits {
    ResourceLimits(memoryMegabytes: memory, cpuCores: 0.1, networkMegabytesPerSecond: 1)
  }

  private static func isInsufficient(_ error: any Error) -> Bool {
    guard case ResourceError.insufficientResources = error else { return false }
    return true
  }

  private static func allocated(_ manager: DefaultResourceManager) -> Int {
    manager.state.withLock { $0.ledger.allocated.memoryBytes } >> 20
  }

  @Test("commands of one agent share what it has, and the last one gives it back")
  func sharing() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let manager = try await FakeMachine().manager(store: store)
    let agent = AgentID()
    let grant = try await manager.begin(agent, limits: Self.limits(memory: 900), within: Self.patience)
    #expect(grant.limits == Self.limits(memory: 900))
    _ = try await manager.begin(agent, limits: Self.limits(memory: 900), within: Self.patience)
    #expect(Self.allocated(manager) == 900)
    #expect(try await store.read { try $0.allocations() } == [], "a crash leaves nothing of it")
    manager.end(agent)
    #expect(Self.allocated(manager) == 900)
    manager.end(agent)
    #expect(Self.allocated(manager) == 0)
  }

  @Test("what can never be had is refused at once, in words")
  func neverFits() async throws {
    let manager = try await FakeMachine().manager()
    await #expect(
      throws: ResourceError.insufficientResources(
        requirements: "1001 MB of memory (1000 MB are free), and no more can ever be")
    ) {
      try await manager.begin(AgentID(), limits: Self.limits(memory: 1_001), within: Self.patience)
    }
  }

  @Test("a command waits until its time is up, holds nothing then, and lets those behind it go")
  func lateness() async throws {
    let machine = FakeMachine()
    let manager = try await machine.manager()
    let (first, second, third) = (AgentID(), AgentID(), AgentID())
    _ = try await manager.begin(first, limits: Self.limits(memory: 600), within: Self.patience)
    let late = Task { try await manager.begin(second, limits: Self.limits(memory: 500), within: .seconds(10)) }
    await machine.clock.waitForSleepers(1)
    async let behind = manager.begin(third, limits: Self.limits(memory: 100), within: .seconds(100))
    await machine.clock.waitForSleepers(2)
    #expect(Self.allocated(manager) == 600, "who waits holds nothing")
    machine.clock.advance(by: .seconds(10))
    await #expect(performing: { _ = try await late.value }, throws: Self.isInsufficient)
    #expect(try await behind.limits.memoryMegabytes == 100)
    manager.end(first)
    manager.end(third)
    #expect(Self.allocated(manager) == 0)
  }

  @Test("who is cancelled while waiting holds nothing")
  func cancellation() async throws {
    let machine = FakeMachine()
    let manager = try await machine.manager()
    let first = AgentID()
    _ = try await manager.begin(first, limits: Self.limits(memory: 600), within: Self.patience)
    let waiting = Task { try await manager.begin(AgentID(), limits: Self.limits(memory: 500), within: Self.patience) }
    await machine.clock.waitForSleepers(1)
    waiting.cancel()
    await #expect(performing: { _ = try await waiting.value }, throws: Self.isInsufficient)
    manager.end(first)
    #expect(Self.allocated(manager) == 0)
    #expect(manager.tickets.withLock { $0.isEmpty })
  }

  @Test("what an embedder allocated is used, decides about the limits, and stays")
  func allocatedBefore() async throws {
    let manager = try await FakeMachine().manager()
    let agent = AgentID()
    try await manager.allocateResources(agent, limits: Self.limits(memory: 300))
    let grant = try await manager.begin(agent, limits: Self.limits(memory: 900), within: Self.patience)
    #expect(grant.limits.memoryMegabytes == 300)
    manager.end(agent)
    #expect(Self.allocated(manager) == 300)
    // What is taken back while a command runs is the command's until its end.
    _ = try await manager.begin(agent, limits: Self.limits(memory: 900), within: Self.patience)
    try await manager.deallocateResources(agent)
    #expect(Self.allocated(manager) == 300)
    await #expect(throws: ResourceError.allocationNotFound(agentID: agent)) {
      try await manager.deallocateResources(agent)
    }
    manager.end(agent)
    #expect(Self.allocated(manager) == 0)
  }

  @Test("limits of an agent whose commands run are changed in the kernel, and what becomes free goes to who waits")
  func changing() async throws {
    let machine = FakeMachine()
    let manager = try await machine.manager()
    let (first, second) = (AgentID(), AgentID())
    _ = try await manager.begin(first, limits: Self.limits(memory: 900), within: Self.patience)
    async let waiting = manager.begin(second, limits: Self.limits(memory: 500), within: Self.patience)
    await machine.clock.waitForSleepers(1)
    try await manager.updateResourceLimits(first, limits: Self.limits(memory: 400))
    #expect(try await waiting.limits.memoryMegabytes == 500)
    #expect(machine.state.withLock { $0.applied.map(\.limits.memoryMegabytes) } == [400])
    manager.end(first)
    manager.end(second)
    #expect(Self.allocated(manager) == 0)
  }

  @Test("a limit that a command reached is told once, with the evidence where there is some")
  func reporting() async throws {
    let machine = FakeMachine()
    let manager = try await machine.manager()
    let agent = AgentID()
    let grant = try await manager.begin(agent, limits: Self.limits(memory: 100), within: Self.patience)
    var events = manager.events().makeAsyncIterator()
    machine.run(agent) { $0.memoryKills = 1 }
    await manager.measure(agent)
    manager.report([.memory, .workspace], of: agent, limits: grant.limits, processes: 128, since: grant.grantedAt)
    manager.end(agent)
    guard case .violated(let measured) = await events.next(), case .violated(let told) = await events.next() else {
      Issue.record("the events are not there")
      return
    }
    #expect(measured.resource == .memory && measured.evidence?.counter == "oom_kill")
    #expect(told.resource == .workspace && told.evidence == nil)
    #expect(await manager.checkResourceViolations().map(\.resource) == [.memory, .workspace])
  }
}
