import Glibc
package import SymbiontSystem

extension CgroupHierarchy {
  /// How long one move quickens others, for certain.
  private static let readyMilliseconds: Int32 = 10

  /// Spares an engine that starts a container the kernel's waits when it moves processes between groups.
  ///
  /// A move waits until every processor has passed a quiet moment, some 8 ms, but for one that follows another within
  /// 15 ms. gVisor's engine moves itself into the group of a new container and out again, runc and crun move the first
  /// process. So until the engine's process ends, this one is moved again and again into the group in which it is, which
  /// changes nothing.
  ///
  /// It runs on a thread of its own. Where it cannot be done nothing is lost but the time.
  package func keepMovesReady(while engine: ProcessHandle) {
    guard let path = Self.ownGroupFile(of: trees, membership: KernelFile.text("/proc/self/cgroup")) else { return }
    let file = CgroupFile(path: path)
    try? PrivateThread.start {
      repeat {
        guard (try? file.write("\(getpid())")) != nil else { return }
      } while !engine.waitForEnd(milliseconds: Self.readyMilliseconds)
    }
  }

  /// The file through which processes are moved into the group of this process, in the first tree that has one.
  static func ownGroupFile(of trees: [CgroupTree], membership: String) -> String? {
    let groups = membership.split(separator: "\n").compactMap(Membership.init)
    for tree in trees {
      let own = groups.first { group in
        tree.version == .two ? group.controllers.isEmpty : !group.controllers.isDisjoint(with: tree.controllers)
      }
      if let own { return own.path == "/" ? "\(tree.root)/cgroup.procs" : "\(tree.root)\(own.path)/cgroup.procs" }
    }
    return nil
  }

  /// One line of `/proc/self/cgroup`, such as `4:cpu,cpuacct:/system`.
  private struct Membership {
    let controllers: Set<String>
    let path: String

    init?(_ line: Substring) {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[2].hasPrefix("/") else { return nil }
      controllers = Set(parts[1].split(separator: ",").map(String.init))
      path = String(parts[2])
    }
  }
}
