import Foundation
import Logging
import SymbiontCore
import SymbiontSandbox

/// The directories and names under which one run of the benchmark makes its sandboxes.
struct Stage {
  /// The mark of everything that it makes on the machine.
  let instance: String
  /// Where everything is; every user may pass through it.
  let directory: String
  private let firstUserID: UInt32 = 1_900_000_000
  private let commandUserID: UInt32 = 1_000

  /// Makes the directory, which `remove()` removes.
  init() throws {
    instance = "bench-\(getpid())"
    directory = "/run/symbiont/\(instance)"
    for path in [directory, peerDirectory, dataDirectory, workspacesDirectory] { try make(path, mode: 0o711) }
    try FileManager.default.copyItem(atPath: try GuestProgram.locate(), toPath: guestPath)
  }

  /// A copy of the guest's program where every user may read it.
  var guestPath: String { "\(directory)/guest" }
  private var workspacesDirectory: String { "\(dataDirectory)/workspaces" }

  var stateDirectory: String { "\(directory)/state" }
  var peerDirectory: String { "\(directory)/peer" }
  var dataDirectory: String { "\(directory)/data" }
  /// What may hold something of a sandbox.
  var directories: [String] { [stateDirectory, peerDirectory, dataDirectory] }

  /// Makes a directory, with those above it.
  func make(_ path: String, mode: Int) throws {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
  }

  /// A new directory for the files of a sandbox, owned by the user of its commands.
  func workspace(of sandboxID: SandboxID) throws -> String {
    let path = "\(workspacesDirectory)/\(sandboxID)"
    try make(path, mode: 0o700)
    let owner = firstUserID + commandUserID
    guard chown(path, owner, owner) == 0 else {
      throw BenchmarkFailure("`\(path)` cannot be given away: errno \(errno)")
    }
    return path
  }

  /// What a driver is told about a new sandbox.
  func launch(_ sandboxID: SandboxID = SandboxID(), limits: SandboxLimits = SandboxLimits()) throws -> SandboxLaunch {
    SandboxLaunch(sandboxID: sandboxID, volume: .directory(try workspace(of: sandboxID)), limits: limits)
  }

  /// Removes the directory of a sandbox that was removed.
  func forget(_ launch: SandboxLaunch) throws {
    try FileManager.default.removeItem(atPath: try workspace(of: launch))
  }

  /// Counts what is there.
  func census() -> MachineCensus { MachineCensus(instance: instance, directories: directories) }

  /// The processes in the control group of a sandbox.
  func processes(of sandboxID: SandboxID) -> [Int32] {
    let name = "\(instance)-\(sandboxID)"
    for tree in ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"] {
      let path = "\(tree)/symbiont/\(name)/cgroup.procs"
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
      return text.split(separator: "\n").compactMap { Int32($0) }
    }
    return []
  }

  /// The directory that is the workspace of a sandbox.
  func workspace(of launch: SandboxLaunch) throws -> String {
    guard case .directory(let path) = launch.volume else { throw BenchmarkFailure("the volume is no directory") }
    return path
  }

  /// Removes everything.
  func remove() {
    try? FileManager.default.removeItem(atPath: directory)
  }
}
