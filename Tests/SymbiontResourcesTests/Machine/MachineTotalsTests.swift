import SymbiontCore
import Testing

@testable import SymbiontResources

@Suite("What the machine has")
struct MachineTotalsTests {
  private static let memory = "MemTotal:       24683520 kB\nMemFree:  1 kB\n"
  private static let status = "Name:\tx\nCpus_allowed:\tf\nCpus_allowed_list:\t0-2,8\n"

  @Test("without the kernel's files nothing is known")
  func damaged() {
    for (memory, status) in [
      ("", Self.status), (Self.memory, ""), ("MemTotal: x kB", Self.status),
      (Self.memory, "Cpus_allowed_list:\t\n"),
    ] {
      #expect(
        MachineTotals(
          memory: memory, status: status, groups: "", hierarchy: CgroupHierarchy(trees: []), diskBytes: 1) == nil)
    }
    #expect(MachineTotals.current(diskPath: "/no/such/directory") == nil)
  }

  @Test("the memory and the processors that this process may run on are counted")
  func unlimited() throws {
    let totals = try #require(
      MachineTotals(
        memory: Self.memory, status: Self.status, groups: "0::/\nbroken\n", hierarchy: CgroupHierarchy(trees: []),
        diskBytes: 7))
    #expect(totals == MachineTotals(memoryBytes: 24_683_520 << 10, microcores: 4_000_000, diskBytes: 7))
    #expect(MachineTotals.count(list: "0,5-3,x,7-9") == 4)
  }

  @Test("the limits of the groups around this process count, in both versions")
  func limited() async throws {
    let one = [
      "memory": ["memory.limit_in_bytes": "1048576"],
      "cpu": ["cpu.cfs_quota_us": "150000", "cpu.cfs_period_us": "100000"],
    ]
    try await FakeTrees.one(one) { fake in
      let totals = MachineTotals(
        memory: Self.memory, status: Self.status, groups: "4:memory:/symbiont/one/inner\n3:cpu:/symbiont/one\n0::/x",
        hierarchy: fake.hierarchy, diskBytes: 1)
      #expect(totals == MachineTotals(memoryBytes: 1_048_576, microcores: 1_500_000, diskBytes: 1))
    }
    try await FakeTrees.two(["memory.max": "2097152", "cpu.max": "50000 100000"]) { fake in
      let totals = MachineTotals(
        memory: Self.memory, status: Self.status, groups: "0::/symbiont/one/x", hierarchy: fake.hierarchy, diskBytes: 1)
      #expect(totals == MachineTotals(memoryBytes: 2_097_152, microcores: 500_000, diskBytes: 1))
    }
    try await FakeTrees.two(["memory.max": "max", "cpu.max": "max 100000"]) { fake in
      let totals = MachineTotals(
        memory: Self.memory, status: Self.status, groups: "0::/symbiont/one", hierarchy: fake.hierarchy, diskBytes: 1)
      #expect(totals?.microcores == 4_000_000 && totals?.memoryBytes == 24_683_520 << 10)
    }
  }

  @Test("this machine has something of everything")
  func current() throws {
    let totals = try #require(MachineTotals.current(diskPath: "/"))
    #expect(totals.memoryBytes > 0 && totals.microcores > 0 && totals.diskBytes > 0)
  }

  @Test("the configuration can only lessen what the machine has")
  func capacity() {
    let totals = MachineTotals(memoryBytes: 1_000, microcores: 4_000_000, diskBytes: 1)
    var configuration = ResourceManagerConfig(
      totalMemoryBytes: 2_000, totalCPUCores: 3, totalNetworkBytesPerSecond: 50, resourceReservationPercentage: 10)
    #expect(
      totals.capacity(within: configuration)
        == ResourceAmount(memoryBytes: 900, microcores: 2_700_000, networkBytesPerSecond: 45))
    configuration.totalMemoryBytes = 500
    configuration.totalCPUCores = 64
    configuration.resourceReservationPercentage = 0
    #expect(
      totals.capacity(within: configuration)
        == ResourceAmount(memoryBytes: 500, microcores: 4_000_000, networkBytesPerSecond: 50))
  }
}
