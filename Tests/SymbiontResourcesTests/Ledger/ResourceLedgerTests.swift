import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontResources

@Suite("The ledger of resources")
struct ResourceLedgerTests {
  private static let capacity = ResourceAmount(
    memoryBytes: 1_000 << 20, microcores: 2_000_000, networkBytesPerSecond: 100 << 20)

  private static func amount(memory: Int = 1, cores: Double = 0.01, network: Int = 1) -> ResourceAmount {
    ResourceAmount(
      ResourceLimits(memoryMegabytes: memory, cpuCores: cores, networkMegabytesPerSecond: network))
  }

  @Test("a refusal names everything that is short, with what is free, and changes nothing")
  func refusal() throws {
    var ledger = ResourceLedger(capacity: Self.capacity)
    try ledger.allocate(Self.amount(memory: 600, cores: 1.5, network: 90), to: AgentID())
    let expected = ResourceLedger.Refusal.insufficient(
      "401 MB of memory (400 MB are free), 0.75 cores (0.5 are free), 11 MB/s of the network (10 MB/s are free)")
    #expect(throws: expected) {
      try ledger.allocate(Self.amount(memory: 401, cores: 0.75, network: 11), to: AgentID())
    }
    #expect(ledger.count == 1 && ledger.free == Self.amount(memory: 400, cores: 0.5, network: 10))
  }

  @Test("an agent has one allocation at most, and what is not there cannot change or go")
  func presence() throws {
    var ledger = ResourceLedger(capacity: Self.capacity)
    let agent = AgentID()
    #expect(throws: ResourceLedger.Refusal.notFound) { try ledger.update(Self.amount(), of: agent) }
    #expect(throws: ResourceLedger.Refusal.notFound) { try ledger.deallocate(agent) }
    try ledger.allocate(Self.amount(), to: agent)
    #expect(throws: ResourceLedger.Refusal.alreadyAllocated) { try ledger.allocate(Self.amount(), to: agent) }
    try ledger.deallocate(agent)
    #expect(ledger.allocated == .zero && ledger.count == 0)
  }

  @Test("fractions of cores add up exactly")
  func fractions() throws {
    var ledger = ResourceLedger(
      capacity: ResourceAmount(memoryBytes: .max, microcores: 1_000_000, networkBytesPerSecond: .max))
    for _ in 0..<10 { try ledger.allocate(Self.amount(cores: 0.1), to: AgentID()) }
    #expect(ledger.free.microcores == 0 && ledger.allocated.cores == 1)
    #expect(throws: ResourceLedger.Refusal.self) { try ledger.allocate(Self.amount(), to: AgentID()) }
  }

  @Test("what a former runtime promised is taken over, then nothing grows until there is room again")
  func restoring() throws {
    var ledger = ResourceLedger(capacity: Self.capacity)
    let agent = AgentID()
    let isTaken = ledger.restore(Self.amount(memory: 5_000), of: agent)
    #expect(isTaken)
    let isTakenAgain = ledger.restore(Self.amount(), of: agent)
    #expect(!isTakenAgain)
    let endless = ResourceAmount(memoryBytes: .max, microcores: .max, networkBytesPerSecond: .max)
    let isTooMuch = !ledger.restore(endless, of: AgentID())
    #expect(isTooMuch)
    #expect(ledger.free.memoryBytes == 0)
    #expect(throws: ResourceLedger.Refusal.insufficient("1 MB of memory (0 MB are free)")) {
      try ledger.allocate(Self.amount(), to: AgentID())
    }
    try ledger.update(Self.amount(memory: 4_000), of: agent)
    try ledger.deallocate(agent)
    #expect(ledger.allocated == .zero)
  }

  @Test("whatever is asked in whatever order, the sum is right and within the capacity")
  func property() {
    var random = SeededRandom.forTest()
    var ledger = ResourceLedger(capacity: Self.capacity)
    var model: [AgentID: ResourceAmount] = [:]
    let agents = (0..<12).map { _ in AgentID() }
    for _ in 0..<20_000 {
      let agent = agents[Int.random(in: agents.indices, using: &random)]
      let asked = Self.amount(
        memory: .random(in: 1...400, using: &random), cores: Double(Int.random(in: 1...80, using: &random)) / 100,
        network: .random(in: 1...40, using: &random))
      let isGranted: Bool
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        isGranted = (try? ledger.allocate(asked, to: agent)) != nil
        if isGranted { model[agent] = asked }
      case 1:
        isGranted = (try? ledger.update(asked, of: agent)) != nil
        if isGranted { model[agent] = asked }
      default:
        isGranted = (try? ledger.deallocate(agent)) != nil
        if isGranted { model[agent] = nil }
      }
      let sum = model.values.reduce(ResourceAmount.zero) { $0.adding($1) ?? $0 }
      #expect(ledger.allocated == sum && ledger.count == model.count, "\(random)")
      #expect(sum.union(Self.capacity) == Self.capacity, "\(random)")
    }
  }

  @Test("what is kept back is rounded in favour of the machine")
  func keepingBack() {
    #expect(Self.capacity.keepingBack(percentage: 0) == Self.capacity)
    #expect(
      ResourceAmount(memoryBytes: 101, microcores: 3, networkBytesPerSecond: 10).keepingBack(percentage: 10)
        == ResourceAmount(memoryBytes: 90, microcores: 2, networkBytesPerSecond: 9))
  }
}
