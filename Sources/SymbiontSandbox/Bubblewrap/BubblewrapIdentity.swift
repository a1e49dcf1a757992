import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem

/// Who bubblewrap runs as, and where.
enum BubblewrapIdentity {
  /// `CLONE_NEWNET` of `setns(2)`.
  private static let networkNamespace = 0x4000_0000
  /// `PR_SET_DUMPABLE` of `prctl(2)`.
  private static let setDumpable = 4
  /// When the machine runs out of memory, sandboxes go before the runtime and its store.
  private static let outOfMemoryScore = ContainerSpecification.outOfMemoryScore

  /// Makes the calling thread, which must be a ``PrivateThread``, the user of the sandbox, in its network.
  ///
  /// The kernel keeps users for each thread; only the C library makes them one for all.
  static func take(user: UInt32, network: SandboxNetworkAttachment?) throws(SandboxError) {
    do throws(SystemError) {
      if let network { try join(network.namespacePath) }
      try SystemCall.invoke(.setGroups, 0, 0)
      try SystemCall.invoke(.setGroupIDs, Int(user), Int(user), Int(user))
      try SystemCall.invoke(.setUserIDs, Int(user), Int(user), Int(user))
    } catch {
      throw .startFailed(reason: "the network or the user of the sandbox could not be taken: \(error)")
    }
  }

  private static func join(_ path: String) throws(SystemError) {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    let namespace = Descriptor(owning: number)
    try namespace.use { number throws(SystemError) in
      _ = try SystemCall.invoke(.enterNamespace, Int(number), networkNamespace)
    }
  }

  /// A thread that changes its user takes the right to be inspected from its whole process; this gives it back.
  static func restoreDumps() throws(SandboxError) {
    guard (try? SystemCall.invoke(.processControl, setDumpable, 1)) != nil else {
      throw .startFailed(reason: "the runtime could not be made inspectable again")
    }
  }

  /// Gives a process its users and groups, and its place when memory runs out.
  static func map(
    _ processID: Int32, to mapping: ContainerSpecification.Linux.IDMapping
  ) throws(ControlGroupError) {
    let text = "\(mapping.containerID) \(mapping.hostID) \(mapping.size)\n"
    try write("\(outOfMemoryScore)", to: "/proc/\(processID)/oom_score_adj")
    try write(text, to: "/proc/\(processID)/uid_map")
    try write(text, to: "/proc/\(processID)/gid_map")
  }

  private static func write(_ text: String, to path: String) throws(ControlGroupError) {
    do throws(SystemError) {
      let number = open(path, O_WRONLY | O_CLOEXEC)
      guard number >= 0 else { throw .last }
      try Descriptor(owning: number).write(Array(text.utf8))
    } catch {
      throw .inaccessible(path: path, reason: error)
    }
  }

  /// Whether a process runs a program, whatever the program is called where the process sees it.
  static func process(_ processID: Int32, runs program: String) -> Bool {
    var running = stat()
    var wanted = stat()
    guard stat("/proc/\(processID)/exe", &running) == 0, stat(program, &wanted) == 0 else { return false }
    return running.st_dev == wanted.st_dev && running.st_ino == wanted.st_ino
  }
}
