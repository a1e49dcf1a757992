import FoundationEssentials
import Glibc
import Logging
import SymbiontCore
import SymbiontSystem
import Synchronization

/// The workspaces of agents that have a size: each is a file system in a file, mounted where the agent's directory is.
///
/// An agent whose workspace was made so keeps it, whatever the configuration says later. After a crash of the runtime the
/// mounts are still there, and the next one goes on with them.
final class AgentVolumes: Sendable {
  /// The size of a new workspace; nil for new ones without.
  let megabytes: Int?
  private let configuration: SandboxOrchestratorConfiguration
  private let logger: Logger
  /// Whether the workspace of a path has a size, found out once for each.
  private let prepared = Mutex<[String: SharedPreparation<Bool>]>([:])

  init(_ configuration: SandboxOrchestratorConfiguration, megabytes: Int?, logger: Logger) {
    self.configuration = configuration
    self.megabytes = megabytes
    self.logger = logger
  }

  /// What the names of workspaces begin with that are made to look at one, and no agent's.
  static let probePrefix = "probe-"
  private static let draftSuffix = ".draft"

  private var directory: String { "\(configuration.dataDirectory)/agents" }

  /// The file of a workspace, which need not exist.
  private func file(of path: String) -> String {
    "\(directory)/\(path.split(separator: "/").last.map(String.init) ?? "").img"
  }

  /// Mounts the volume of a workspace, which is made when it is missing; whether the workspace has a size.
  ///
  /// - Throws: ``SandboxError/limitUnenforceable(limit:reason:)`` when this machine cannot give it one.
  func mount(on path: String) async throws(SandboxError) -> Bool {
    let preparation = prepared.withLock { prepared in
      if let known = prepared[path] { return known }
      let new = SharedPreparation { [self] () async throws(SandboxError) in try await prepare(path) }
      prepared[path] = new
      return new
    }
    return try await preparation.value()
  }

  private func prepare(_ path: String) async throws(SandboxError) -> Bool {
    let file = file(of: path)
    guard access(file, F_OK) != 0 else { return try await mount(file, on: path) }
    guard let megabytes else { return false }
    guard isEmpty(path) else {
      throw .limitUnenforceable(
        limit: "workspace_mb",
        reason: """
          `\(path)` holds files of a time when workspaces had no size: move them away, and back once the agent has its new \
          workspace
          """)
    }
    guard geteuid() == 0 else {
      throw .limitUnenforceable(
        limit: "workspace_mb", reason: "a workspace with a size needs the rights of the administrator: run as root")
    }
    try await make(file, megabytes: megabytes)
    return try await mount(file, on: path)
  }

  /// Makes the file; a crash leaves a whole one or none.
  private func make(_ file: String, megabytes: Int) async throws(SandboxError) {
    let volumes = configuration.volumes
    try await BlockingWork.perform { [directory] () throws(SandboxError) in
      for directory in [volumes.directory, volumes.templatesDirectory, directory] {
        try SandboxVolumes.makeDirectory(directory, mode: Self.directoryMode)
      }
    }
    let template = try await volumes.template(megabytes: megabytes, ownership: .agent)
    try await BlockingWork.perform { () throws(SandboxError) in
      let draft = "\(file)\(Self.draftSuffix)"
      unlink(draft)
      try SandboxVolumes.copy(template, to: draft)
      do throws(SystemError) {
        try Self.synchronize(draft)
        guard rename(draft, file) == 0 else { throw .last }
        try Self.synchronize(String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]))
      } catch {
        throw .startFailed(reason: "the volume `\(file)` could not be made: \(error)")
      }
    }
  }

  private static let directoryMode: mode_t = 0o700

  private static func synchronize(_ path: String) throws(SystemError) {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    let file = Descriptor(owning: number)
    guard file.use({ fsync($0) }) == 0 else { throw .last }
  }

  private func mount(_ file: String, on path: String) async throws(SandboxError) -> Bool {
    try await BlockingWork.perform { [megabytes] () throws(SandboxError) in
      var status = stat()
      if let megabytes, stat(file, &status) == 0, status.st_size > megabytes << 20 {
        throw .limitUnenforceable(
          limit: "workspace_mb",
          reason: "the volume `\(file)` was made for \(status.st_size >> 20) MB, and \(megabytes) MB are allowed now")
      }
      // A file system that is mounted twice is destroyed.
      if !Self.isMountPoint(path) { try VolumeMount.mount(file, on: path, isLasting: true) }
      return true
    }
  }

  /// Whether something is mounted on a directory: it is on another device than the one above it then.
  private static func isMountPoint(_ path: String) -> Bool {
    var (status, above) = (stat(), stat())
    guard stat(path, &status) == 0, stat("\(path)/..", &above) == 0 else { return false }
    return status.st_dev != above.st_dev
  }

  private func isEmpty(_ path: String) -> Bool {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).isEmpty
  }

  /// Unmounts the volume of a workspace and removes it with all its files.
  func remove(_ path: String) async throws(SandboxError) {
    prepared.withLock { $0[path] = nil }
    let file = file(of: path)
    try await BlockingWork.perform { () throws(SandboxError) in
      do throws(SystemError) {
        if Self.isMountPoint(path) { _ = try VolumeMount.unmount(path) }
        for file in [file, "\(file)\(Self.draftSuffix)"] where unlink(file) != 0 && errno != ENOENT { throw .last }
      } catch {
        throw .workspaceFailed(path: path, reason: "its volume could not be removed: \(error)")
      }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Removes what a dead runtime left of the workspaces below a directory that were no agent's.
  func removeProbes(below probes: String) async {
    let names = await BlockingWork.run { [directory] in
      Set([directory, probes].flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] })
    }
    for name in Set(names.compactMap { $0.split(separator: ".").first }) where name.hasPrefix(Self.probePrefix) {
      do throws(SandboxError) { try await remove("\(probes)/\(name)") } catch { logger.warning("\(error.message)") }
    }
  }

  /// Unmounts everything that nobody uses; the files stay for the next runtime.
  func unmountAll() async {
    let paths = prepared.withLock { prepared in
      defer { prepared = [:] }
      return prepared.keys.sorted()
    }
    let failures = await BlockingWork.run {
      paths.filter(Self.isMountPoint).compactMap { path -> String? in
        do throws(SystemError) {
          try VolumeMount.release(path)
          return nil
        } catch {
          return "the workspace `\(path)` stays mounted: \(error)"
        }
      }
    }
    for failure in failures { logger.warning("\(failure)") }
  }
}
