import Foundation
import Glibc
import SymbiontCore
import SymbiontStore

@testable import SymbiontCommands
@testable import SymbiontSandbox

/// Everything that the sandboxes of one data directory have on the machine, each object by a name of its own.
///
/// It asks the kernel and the tools of the machine, not the component whose work it judges.
struct InstanceCensus: Equatable, Sendable {
  private(set) var objects: Set<String> = []

  /// Counts; the data directory must not be in use.
  init(_ directory: String) async throws {
    let instance = DataInstance.name(of: directory)
    let marks = [instance, directory]
    let state = "/run/symbiont/\(instance)"
    add("process", Self.processes(marks))
    add("control group", Self.controlGroups(instance))
    add("mount", Self.lines("/proc/self/mountinfo").filter { Self.holds($0, marks) }.map(Self.mountPoint))
    add("loop device", Self.loopDevices(directory))
    add("network namespace", Self.entries("/run/netns").filter { $0.hasPrefix("\(instance)-") })
    let devices = NetworkNames.devicePrefix(of: instance)
    add("network device", Self.entries("/sys/class/net").filter { $0.hasPrefix(devices) })
    add("nft table", try await Self.tables().filter { $0.hasSuffix(" \(NetworkNames.table(of: instance))") })
    for root in [directory, state] {
      let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
      add("file", paths.map { "\(root)/\($0)" })
    }
    let store = try Store.open(StoreConfiguration(durability: .disk(directory: directory)))
    let rows = try await store.read { store in try store.sandboxes() }
    await store.close()
    add("row", rows.map { "\($0.id)" })
  }

  /// What is here and not there, in order.
  func subtracting(_ other: InstanceCensus) -> [String] { objects.subtracting(other.objects).sorted() }

  /// The number of objects of each kind that are here and not there, such as `mount 3`.
  func counts(without other: InstanceCensus) -> String {
    let kinds = Dictionary(grouping: subtracting(other)) { $0.prefix { $0 != ":" } }
    return kinds.map { "\($0.key) \($0.value.count)" }.sorted().joined(separator: ", ")
  }

  private mutating func add(_ kind: String, _ names: [String]) { objects.formUnion(names.map { "\(kind): \($0)" }) }

  private static func entries(_ directory: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  private static func lines(_ path: String) -> [String] { text(path).split(separator: "\n").map(String.init) }

  private static func holds(_ text: String, _ marks: [String]) -> Bool { marks.contains { text.contains($0) } }

  /// The field of a line of `/proc/PID/mountinfo`; see `proc_pid_mountinfo(5)`.
  private static func mountPoint(_ line: String) -> String { String(line.split(separator: " ")[4]) }

  /// Those whose arguments or control groups carry a mark; this process and those that have ended are none of them.
  private static func processes(_ marks: [String]) -> [String] {
    entries("/proc").filter { Int32($0) != nil && Int32($0) != getpid() }.compactMap { number in
      let arguments = text("/proc/\(number)/cmdline").split(separator: "\0").joined(separator: " ")
      guard !arguments.isEmpty, holds(arguments, marks) || holds(text("/proc/\(number)/cgroup"), marks) else {
        return nil
      }
      return "\(number) \(arguments.prefix(120))"
    }
  }

  private static func controlGroups(_ instance: String) -> [String] {
    let trees = lines("/proc/self/mounts").map { $0.split(separator: " ").map(String.init) }
      .filter { $0.count > 2 && $0[2].hasPrefix("cgroup") }.map { $0[1] }
    return trees.flatMap { tree in
      let parent = "\(tree)/symbiont"
      return entries(parent).filter { $0.hasPrefix("\(instance)-") }.map { "\(parent)/\($0)" }
    }
  }

  private static func loopDevices(_ directory: String) -> [String] {
    entries("/sys/block").filter { text("/sys/block/\($0)/loop/backing_file").hasPrefix("\(directory)/") }
  }

  private static func tables() async throws -> [String] {
    let directory = try TestDirectory()
    let finished = try await RunningSymbi(["nft", "list", "tables"], in: directory).finished()
    guard finished.status == 0 else { throw SweepFailure("`nft` failed: \(finished.errors)") }
    return finished.output.split(separator: "\n").map(String.init)
  }
}

/// Something that keeps the sweep from being one.
struct SweepFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
