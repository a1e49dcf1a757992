import Glibc
package import SymbiontCore
import SymbiontSystem

/// What this machine, or the part of it that this process may use, has.
package struct MachineTotals: Sendable, Hashable {
  /// Memory, in bytes.
  package var memoryBytes: Int
  /// Processor time, in millionths of a core.
  package var microcores: Int
  /// The size of the file system, in bytes.
  package var diskBytes: Int

  package init(memoryBytes: Int, microcores: Int, diskBytes: Int) {
    self.memoryBytes = memoryBytes
    self.microcores = microcores
    self.diskBytes = diskBytes
  }

  /// Measures them; nil when the kernel does not tell.
  ///
  /// The limits of the control groups that this process is in count, and the processors that it may run on.
  ///
  /// - Parameter path: A directory on the file system that counts.
  package static func current(diskPath path: String) -> MachineTotals? {
    func text(_ path: String) -> String? {
      KernelFile.bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }
    guard let memory = text("/proc/meminfo"), let status = text("/proc/self/status"),
      let groups = text("/proc/self/cgroup"), let space = FileSpace(of: path)
    else { return nil }
    return MachineTotals(
      memory: memory, status: status, groups: groups, hierarchy: CgroupHierarchy(.current()),
      diskBytes: space.totalBytes)
  }

  private static let bytesPerKilobyte = 1_024

  /// Reads the texts of `/proc/meminfo`, `/proc/self/status` and `/proc/self/cgroup`.
  init?(memory: String, status: String, groups: String, hierarchy: CgroupHierarchy, diskBytes: Int) {
    guard
      let kilobytes = Self.field("MemTotal", in: memory)?.split(separator: " ").first.flatMap({ Int($0) }),
      let processors = Self.field("Cpus_allowed_list", in: status).map(Self.count(list:)), processors > 0
    else { return nil }
    memoryBytes = kilobytes * Self.bytesPerKilobyte
    microcores = processors * ResourceAmount.microcoresPerCore
    self.diskBytes = diskBytes
    for directory in Self.directories(groups: groups, hierarchy: hierarchy) {
      let limits = ["memory.limit_in_bytes", "memory.max"].compactMap { CgroupFile(path: "\(directory)/\($0)").number }
      memoryBytes = min(memoryBytes, limits.filter { $0 > 0 }.min() ?? memoryBytes)
      microcores = min(microcores, Self.share(in: directory) ?? microcores)
    }
  }

  private static func field(_ name: String, in text: String) -> String? {
    for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
      return line.dropFirst(name.count + 1).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return nil
  }

  /// The members of a list such as `0-3,8`.
  static func count(list: String) -> Int {
    list.split(separator: ",").reduce(0) { count, part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, last >= first else { return count }
      return count + (last - first + 1)
    }
  }

  /// The directories of the groups of this process and of those around them: each of them limits.
  private static func directories(groups: String, hierarchy: CgroupHierarchy) -> [String] {
    groups.split(separator: "\n").flatMap { line -> [String] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      let controllers = Set(parts[1].split(separator: ",").map(String.init))
      let tree = hierarchy.trees.first { tree in
        controllers.isEmpty
          ? tree.version == .two : tree.version == .one && !controllers.isDisjoint(with: tree.controllers)
      }
      guard let tree else { return [] }
      var directories = [tree.root]
      for component in parts[2].split(separator: "/") {
        directories.append("\(directories[directories.count - 1])/\(component)")
      }
      return directories
    }
  }

  /// The processor time of a group, in millionths of a core.
  private static func share(in directory: String) -> Int? {
    let numbers: [Int?]
    if let text = CgroupFile(path: "\(directory)/cpu.max").text {
      numbers = text.split(separator: " ").map { Int($0) }
    } else {
      numbers = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map { CgroupFile(path: "\(directory)/\($0)").number }
    }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else { return nil }
    let share = Double(quota) / Double(period) * Double(ResourceAmount.microcoresPerCore)
    return share < Double(Int.max) ? Int(share) : nil
  }
}

extension MachineTotals {
  /// What agents may be promised: the less of what the machine has and what the configuration allows, without what is
  /// kept back.
  ///
  /// How fast the machine's network is nobody knows, so there the configuration decides.
  package func capacity(within configuration: ResourceManagerConfig) -> ResourceAmount {
    ResourceAmount(
      memoryBytes: min(memoryBytes, configuration.totalMemoryBytes),
      microcores: min(microcores, configuration.totalCPUCores * ResourceAmount.microcoresPerCore),
      networkBytesPerSecond: configuration.totalNetworkBytesPerSecond
    ).keepingBack(percentage: configuration.resourceReservationPercentage)
  }
}
