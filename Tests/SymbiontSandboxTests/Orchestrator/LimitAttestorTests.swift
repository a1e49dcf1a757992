import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite("What a probe proves of the limits of a sandbox")
struct LimitAttestorTests {
  private static let limits = SandboxLimits(
    resources: ResourceLimits(memoryMegabytes: 64, cpuCores: 0.5, diskMegabytesPerSecond: 7), processes: 16,
    workspaceMegabytes: 8)

  /// Everything in force, as it is seen on a tier.
  private static func promise(_ tier: SecurityTier) -> LimitAttestor.Promise {
    LimitAttestor.Promise(
      limits: limits, tier: tier, hasNetwork: false, isRootReadOnly: true, hasVolume: true, unenforced: [],
      engineDiskRate: tier == .tier3 ? 7 << 20 : nil)
  }

  private static func group(_ tier: SecurityTier) -> ControlGroupSettings {
    // The group of a virtual machine has room for QEMU and a kernel, that of gVisor for its processes.
    let memory = tier == .tier3 ? 256 << 20 : 64 << 20
    let files = [
      "memory.max": "\(memory)", "cpu.max": "50000 100000", "pids.max": tier == .tier1 ? "16" : "576",
      "io.max": "7:0 rbps=\(7 << 20) wbps=\(7 << 20)",
    ]
    return ControlGroupSettings { files[$0] }
  }

  private static func inside(_ tier: SecurityTier, _ change: (String) -> String = { $0 }) -> InsideProbe {
    var lines = [
      "uid 1000", "capabilities 0", "no_new_privileges 1", "read_only_root 1", "device lo",
      "workspace_bytes \(8 << 20)", "memory_bytes \(200 << 20)",
    ]
    if tier != .tier1 { lines.append("process_limit 16") }
    if tier == .tier3 { lines.append("memory_limit_bytes \(64 << 20)") }
    return InsideProbe(text: lines.map(change).joined(separator: "\n"))
  }

  private static func broken(
    _ promise: LimitAttestor.Promise, _ group: ControlGroupSettings?, _ inside: InsideProbe, keepsTime: Bool = true
  ) -> [String] {
    LimitAttestor.findings(promise, group, inside, isTimeoutKept: keepsTime).filter { !$0.holds }.map(\.limit)
  }

  @Test("everything holds when each limit is where its tier has it", arguments: SecurityTier.allCases)
  func sound(tier: SecurityTier) {
    #expect(Self.broken(Self.promise(tier), Self.group(tier), Self.inside(tier)) == [])
  }

  @Test("without a control group only what is seen inside is proven", arguments: SecurityTier.allCases)
  func withoutGroup(tier: SecurityTier) {
    let expected =
      switch tier {
      case .tier1: ["memory_mb", "cpu_cores", "pids", "disk_io_mbps"]
      case .tier2: ["memory_mb", "cpu_cores", "disk_io_mbps"]
      case .tier3: ["cpu_cores"]
      }
    #expect(Self.broken(Self.promise(tier), nil, Self.inside(tier)) == expected)
  }

  @Test(
    "each thing that is seen inside and is not as promised is told by name",
    arguments: [
      ("capabilities 0", "capabilities 400", "privileges"), ("uid 1000", "uid 0", "privileges"),
      ("no_new_privileges 1", "no_new_privileges 0", "privileges"),
      ("read_only_root 1", "read_only_root 0", "read_only_root"), ("device lo", "device eth0", "network_config"),
      ("workspace_bytes \(8 << 20)", "workspace_bytes \(9 << 20)", "workspace_mb"),
      ("process_limit 16", "process_limit 17", "pids"),
      ("memory_limit_bytes \(64 << 20)", "memory_limit_bytes \(65 << 20)", "memory_mb"),
      ("memory_limit_bytes \(64 << 20)", "", "memory_mb"),
    ])
  func seen(before: String, after: String, limit: String) {
    let inside = Self.inside(.tier3) { $0 == before ? after : $0 }
    #expect(Self.broken(Self.promise(.tier3), Self.group(.tier3), inside) == [limit])
  }

  @Test("a virtual machine whose engine holds its disks to nothing, or to more, is found out")
  func disks() {
    for rate in [nil, (7 << 20) + 1] {
      var promise = Self.promise(.tier3)
      promise.engineDiskRate = rate
      #expect(Self.broken(promise, Self.group(.tier3), Self.inside(.tier3)) == ["disk_io_mbps"])
    }
  }

  @Test("a network is one device more, and any other is found out")
  func network() {
    var promise = Self.promise(.tier1)
    promise.hasNetwork = true
    let rate = promise.limits.resources.networkMegabytesPerSecond << 20
    promise.network = NetworkSettings(bytesPerSecond: rate, refusesByDefault: true)
    let network = Self.inside(.tier1) { $0 == "device lo" ? "device lo\ndevice eth0" : $0 }
    #expect(Self.broken(promise, Self.group(.tier1), network) == [])
    let another = Self.inside(.tier1) { $0 == "device lo" ? "device lo\ndevice eth0\ndevice wlan0" : $0 }
    #expect(Self.broken(promise, Self.group(.tier1), another) == ["network_config"])
    for (settings, limit) in [
      (NetworkSettings(bytesPerSecond: rate + 1, refusesByDefault: true), "network_io_mbps"),
      (NetworkSettings(bytesPerSecond: nil, refusesByDefault: true), "network_io_mbps"),
      (NetworkSettings(bytesPerSecond: rate, refusesByDefault: false), "allowed_destinations"),
    ] {
      promise.network = settings
      #expect(Self.broken(promise, Self.group(.tier1), network) == [limit])
    }
    #expect(NetworkSettings.rate(#"[{"kind":"tbf","root":true,"options":{"rate":7,"burst":1}}]"#) == 7)
    #expect(NetworkSettings.rate(#"[{"kind":"noqueue","root":true,"options":{}}]"#) == nil)
    #expect(NetworkSettings.rate("none") == nil)
  }

  @Test("a timeout that is not kept is told, and a limit that was given up is not")
  func others() {
    #expect(
      Self.broken(Self.promise(.tier1), Self.group(.tier1), Self.inside(.tier1), keepsTime: false)
        == ["execution_timeout"])
    var promise = Self.promise(.tier1)
    promise.unenforced = [.memoryLimit, .processorLimit, .processLimit, .diskRateLimit]
    #expect(Self.broken(promise, nil, Self.inside(.tier1)) == [])
  }
}
