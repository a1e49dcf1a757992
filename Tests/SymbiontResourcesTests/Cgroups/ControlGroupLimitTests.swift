import Glibc
import SymbiontSystem
import Testing

@testable import SymbiontResources

@Suite("Limits of control groups, on recorded trees")
struct ControlGroupLimitTests {
  private static let one: [String: [String: String]] = [
    "memory": [
      "memory.limit_in_bytes": "9223372036854771712", "memory.memsw.limit_in_bytes": "9223372036854771712",
    ],
    "cpu": ["cpu.cfs_quota_us": "-1", "cpu.cfs_period_us": "100000"], "pids": ["pids.max": "max"],
    "blkio": ["blkio.throttle.read_bps_device": "", "blkio.throttle.write_bps_device": "8:0 7\n"],
  ]
  private static let two = [
    "memory.max": "max", "memory.swap.max": "max", "memory.current": "4096", "memory.high": "max",
    "cpu.max": "max 100000", "pids.max": "max", "io.max": "", "cgroup.procs": "12\n0\n13\n",
  ]
  private static let all = ControlGroupLimits(
    memoryBytes: 64 << 20, cpuCores: 0.25, processes: 32, diskBytesPerSecond: 1_048_576,
    diskDevices: [BlockDevice(major: 8, minor: 0)])

  @Test("values that no kernel takes are refused before anything is written")
  func invalid() async throws {
    let bad: [ControlGroupLimits] = [
      .init(memoryBytes: 0), .init(memoryBytes: .min), .init(cpuCores: 0), .init(cpuCores: -1), .init(cpuCores: .nan),
      .init(cpuCores: .infinity), .init(cpuCores: 1e300), .init(processes: 0), .init(processes: .max),
      .init(diskBytesPerSecond: 0, diskDevices: [BlockDevice(major: 8, minor: 0)]),
    ]
    try await FakeTrees.one(Self.one) { fake in
      for limits in bad {
        #expect(
          performing: { try fake.controlGroup.apply(limits) },
          throws: { error in
            guard case ControlGroupError.invalid = error else { return false }
            return true
          })
      }
      #expect(fake.text("memory", "memory.limit_in_bytes") == "9223372036854771712")
      #expect(fake.text("cpu", "cpu.cfs_quota_us") == "-1")
    }
  }

  @Test("a limit without its controller or its file is refused by name")
  func unavailable() async throws {
    try await FakeTrees.one(["cpu": [:]]) { fake in
      let group = fake.controlGroup
      let cases: [(ControlGroupLimits, ControlGroupLimit)] = [
        (.init(memoryBytes: 4_096), .memory), (.init(cpuCores: 1), .processor), (.init(processes: 1), .processes),
        (.init(diskBytesPerSecond: 1, diskDevices: [BlockDevice(major: 8, minor: 0)]), .diskRate),
      ]
      for (limits, name) in cases {
        #expect(
          performing: { try group.apply(limits) },
          throws: { error in
            guard case ControlGroupError.unavailable(name, _) = error else { return false }
            return true
          })
      }
      #expect(group.enforceable().isEmpty)
    }
  }

  @Test("all limits are written to the files of version 1")
  func versionOne() async throws {
    try await FakeTrees.one(Self.one) { fake in
      #expect(fake.controlGroup.enforceable() == Set(ControlGroupLimit.allCases))
      try fake.controlGroup.apply(Self.all)
      #expect(fake.text("memory", "memory.limit_in_bytes") == "67108864")
      #expect(fake.text("memory", "memory.memsw.limit_in_bytes") == "67108864")
      #expect(fake.text("cpu", "cpu.cfs_quota_us") == "25000")
      #expect(fake.text("pids", "pids.max") == "32")
      #expect(fake.text("blkio", "blkio.throttle.read_bps_device") == "8:0 1048576")
      #expect(fake.text("blkio", "blkio.throttle.write_bps_device") == "8:0 1048576")
    }
  }

  @Test("all limits are written to the files of version 2, and swap is not a way round")
  func versionTwo() async throws {
    try await FakeTrees.two(Self.two) { fake in
      #expect(fake.controlGroup.enforceable() == Set(ControlGroupLimit.allCases))
      try fake.controlGroup.apply(Self.all)
      #expect(fake.text("unified", "memory.max") == "67108864")
      #expect(fake.text("unified", "memory.swap.max") == "0")
      #expect(fake.text("unified", "cpu.max") == "25000 100000")
      #expect(fake.text("unified", "pids.max") == "32")
      #expect(fake.text("unified", "io.max") == "8:0 rbps=1048576 wbps=1048576")
      #expect(fake.controlGroup.processes == [12, 13])
    }
  }

  @Test("a limit below what is in use is refused on version 2 too, instead of killing")
  func inUse() async throws {
    try await FakeTrees.two(Self.two) { fake in
      #expect(throws: ControlGroupError.memoryInUse(bytes: 4_096, limit: 4_000)) {
        try fake.controlGroup.apply(ControlGroupLimits(memoryBytes: 4_000))
      }
      #expect(fake.text("unified", "memory.max") == "max")
      #expect(fake.text("unified", "memory.high") == "max")
    }
  }

  @Test("when the last of several limits is refused, none has changed")
  func undo() async throws {
    for file in ["blkio.throttle.write_bps_device", "blkio.throttle.read_bps_device"] {
      try await FakeTrees.one(Self.one) { fake in
        try fake.refuse("blkio", file)
        #expect(throws: ControlGroupError.self) { try fake.controlGroup.apply(Self.all) }
        #expect(fake.text("memory", "memory.limit_in_bytes") == "9223372036854771712")
        #expect(fake.text("memory", "memory.memsw.limit_in_bytes") == "9223372036854771712")
        #expect(fake.text("cpu", "cpu.cfs_quota_us") == "-1")
        #expect(fake.text("pids", "pids.max") == "max")
      }
    }
    try await FakeTrees.two(Self.two) { fake in
      try fake.refuse("unified", "io.max")
      #expect(throws: ControlGroupError.self) { try fake.controlGroup.apply(Self.all) }
      for (file, text) in Self.two where file != "io.max" { #expect(fake.text("unified", file) == text) }
    }
  }

  @Test("turning controllers on leaves out those that are on or do not exist")
  func controllers() async throws {
    try await FakeTrees.two([:]) { fake in
      let root = "\(fake.directory)/unified"
      try CgroupFile(path: "\(root)/cgroup.controllers").make("cpuset cpu io memory pids")
      try CgroupFile(path: "\(root)/cgroup.subtree_control").make("memory pids io")
      try ControlGroup(path: "/symbiont/two", hierarchy: fake.hierarchy).create()
      #expect(CgroupFile(path: "\(root)/cgroup.subtree_control").text == "+cpu")
      #expect(ControlGroup(path: "/symbiont/two", hierarchy: fake.hierarchy).exists)
    }
  }

  @Test("a disk is known by its numbers, and what is on no disk has none")
  func devices() {
    #expect(BlockDevice(text: "254:16\n") == BlockDevice(major: 254, minor: 16))
    for text in ["", "1", "a:b", "1:2:3"] { #expect(BlockDevice(text: text) == nil) }
    #expect(BlockDevice(holding: "/proc/self") == nil)
    #expect(BlockDevice(holding: "/no/such/file") == nil)
    #expect(BlockDevice(number: 0x0fe1_0, systemDirectory: "/no") == BlockDevice(major: 254, minor: 16))
  }
}

extension CgroupFile {
  /// Makes the file with a text.
  func make(_ text: String) throws {
    let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    try #require(number >= 0)
    try Descriptor(owning: number).write(Array(text.utf8))
  }
}
