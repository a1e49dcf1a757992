import FoundationEssentials
import Glibc

/// The processes of the machine, as `/proc` shows them.
package enum ProcessTable {
  /// The numbers of all processes.
  private static var all: [Int32] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
  }

  /// The processes, but for this one, whose arguments hold a text.
  package static func processes(naming text: String) -> [Int32] {
    let own = getpid()
    let wanted = Array(text.utf8)
    return all.filter { number in
      guard number != own, let arguments = KernelFile.bytes("/proc/\(number)/cmdline") else {
        return false
      }
      return arguments.split(separator: 0).contains { $0.firstRange(of: wanted) != nil }
    }
  }

  /// The children of this process that ended in a control group and were not collected.
  ///
  /// A process that outlives its parent becomes a child of this one, when this one is a subreaper; nobody waits for such a
  /// child.
  package static func endedChildren(inControlGroup path: String) -> [Int32] {
    let own = getpid()
    return all.filter { number in
      guard isEnded(number, childOf: own) else { return false }
      return KernelFile.text("/proc/\(number)/cgroup").split(separator: "\n").contains { line in
        line.hasSuffix(":\(path)") || line.contains(":\(path)/") || line.hasSuffix(":\(path) (deleted)")
      }
    }
  }

  /// After the name, which is in parentheses and may hold anything, come the state and the parent.
  private static func isEnded(_ number: Int32, childOf parent: Int32) -> Bool {
    let data = KernelFile.bytes("/proc/\(number)/stat") ?? []
    guard let end = data.lastIndex(of: UInt8(ascii: ")")) else { return false }
    let columns = String(decoding: data[(end + 1)...], as: UTF8.self).split(separator: " ")
    return columns.count > 1 && columns[0] == "Z" && Int32(columns[1]) == parent
  }

  /// Collects children that ended.
  package static func collect(_ children: [Int32]) {
    for child in children { waitpid(child, nil, WNOHANG) }
  }
}

extension ProcessTable {
  /// The arguments of a process, the name that it was given first; none when it is gone.
  package static func arguments(of number: Int32) -> [String] {
    let bytes = KernelFile.bytes("/proc/\(number)/cmdline") ?? []
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What a process calls itself in its first argument; nil when it is gone.
  package static func firstArgument(of number: Int32) -> String? { arguments(of: number).first }

  /// The short name of a process; nil when it is gone.
  package static func name(of number: Int32) -> String? {
    KernelFile.bytes("/proc/\(number)/comm").map { String(decoding: $0, as: UTF8.self) }
  }
}
