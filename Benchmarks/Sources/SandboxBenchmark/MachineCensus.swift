import Foundation
import Glibc

/// What this process has on the machine: everything a sandbox could leave behind.
///
/// Only what carries the name of the benchmark's instance or lies in its directories is counted, and processes only when
/// they descend from this one, so other programs do not disturb the count. Orphans count too: this process is the
/// subreaper of all that it started.
struct MachineCensus: Equatable {
  private(set) var processes = 0
  private(set) var controlGroups = 0
  private(set) var mounts = 0
  private(set) var loopDevices = 0
  private(set) var networkNamespaces = 0
  private(set) var files = 0
  private(set) var descriptors = 0

  /// Counts.
  init(instance: String, directories: [String]) {
    processes = Self.descendants()
    let table = KernelText.read("/proc/self/mounts") ?? ""
    for line in table.split(separator: "\n") {
      let columns = line.split(separator: " ").map(String.init)
      guard columns.count > 2 else { continue }
      if directories.contains(where: { columns[1].hasPrefix("\($0)/") }) { mounts += 1 }
      if columns[2].hasPrefix("cgroup") {
        controlGroups += Self.entries(of: "\(columns[1])/symbiont").filter { $0.contains(instance) }.count
      }
    }
    loopDevices =
      Self.entries(of: "/sys/block").filter { name in
        let file = KernelText.read("/sys/block/\(name)/loop/backing_file")
        return directories.contains { file?.hasPrefix("\($0)/") == true }
      }.count
    networkNamespaces = Self.entries(of: "/run/netns").filter { $0.contains(instance) }.count
    for directory in directories {
      files += FileManager.default.enumerator(atPath: directory)?.reduce(0) { count, _ in count + 1 } ?? 0
    }
    descriptors = Self.entries(of: "/proc/self/fd").count
  }

  /// The counts by name.
  var counts: [(name: String, count: Int)] {
    [
      ("processes", processes), ("cgroups", controlGroups), ("mounts", mounts), ("loop_devices", loopDevices),
      ("network_namespaces", networkNamespaces), ("files", files), ("descriptors", descriptors),
    ]
  }

  private static func entries(of directory: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
  }

  /// The children of this process that have ended and were not collected.
  static func endedChildren() -> [Int32] {
    let own = getpid()
    return table().filter { $0.parent == own && $0.state == "Z" }.map(\.number)
  }

  private static func table() -> [(number: Int32, parent: Int32, state: Substring)] {
    entries(of: "/proc").compactMap { entry in
      guard let number = Int32(entry), let text = KernelText.read("/proc/\(entry)/stat"),
        let end = text.lastIndex(of: ")")
      else { return nil }
      let columns = text[text.index(after: end)...].split(separator: " ")
      guard columns.count > 1, let parent = Int32(columns[1]) else { return nil }
      return (number, parent, columns[0])
    }
  }

  /// The processes that this one started, directly or not, those included that have ended and were not collected.
  private static func descendants() -> Int {
    var children: [Int32: [Int32]] = [:]
    for process in table() { children[process.parent, default: []].append(process.number) }
    var (count, open) = (0, [getpid()])
    while let parent = open.popLast() {
      count += children[parent]?.count ?? 0
      open += children[parent] ?? []
    }
    return count
  }
}

/// What the kernel says that this process has in memory.
enum ResidentMemory {
  /// Bytes of resident memory.
  static func bytes() throws -> Int {
    let path = "/proc/self/smaps_rollup"
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") where line.hasPrefix("Rss:") {
      if let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) { return kibibytes * 1_024 }
    }
    throw BenchmarkFailure("`\(path)` does not say how much memory is resident")
  }
}
