import SymbiontCore
import SymbiontResources
import SymbiontSystem

/// A running sandbox that is a container.
final class LaunchedContainer: LaunchedSandbox {
  let channel: GuestChannel
  let controlGroupPath: String?

  private let name: ContainerName
  private let launch: SandboxLaunch
  private let started: StartedContainer
  private let group: ControlGroup
  private let prepared: ContainerSandboxes.Prepared
  private let sandboxes: ContainerSandboxes
  private let log: GuestLog
  /// Waits for the end, once for all who want to know; ``destroy()`` brings the end about.
  private let end: Task<End, Never>

  /// How it ended, as far as it can be read before anything of it is removed.
  private struct End: Sendable {
    var status: ExitStatus?
    var memoryKills: Int
    /// What its engine said last; nil when it said nothing.
    var report: String?
  }

  init(
    name: ContainerName, launch: SandboxLaunch, started: StartedContainer, streams: GuestStreams, log: GuestLog,
    prepared: ContainerSandboxes.Prepared, sandboxes: ContainerSandboxes
  ) {
    channel = streams.channel
    group = prepared.ground.group(of: name)
    controlGroupPath = group.path
    self.name = name
    self.launch = launch
    self.started = started
    self.prepared = prepared
    self.sandboxes = sandboxes
    self.log = log
    end = Task { [started, group, bundle = prepared.ground.bundle(of: name)] in
      let status = await started.process.waitForExit()
      let kills = (try? group.counters())?.memoryKills ?? 0
      let report = KernelFile.text(bundle.panicPath).split(whereSeparator: \.isNewline).first.map(String.init)
      return End(status: status, memoryKills: kills, report: report)
    }
  }

  func pause() async throws(SandboxError) {
    do throws(ControlGroupError) {
      try await group.freeze()
    } catch {
      throw .engineFailed(engine: prepared.engine.engine.rawValue, reason: "\(error)")
    }
  }

  func resume() async throws(SandboxError) {
    try await BlockingWork.perform { [group, engine = prepared.engine.engine] () throws(SandboxError) in
      do throws(ControlGroupError) {
        try group.thaw()
      } catch {
        throw .engineFailed(engine: engine.rawValue, reason: "\(error)")
      }
    }
  }

  func saveMemory(to directory: String) async throws(SandboxError) {
    throw .configurationInvalid(
      reason: "`\(prepared.engine.engine.rawValue)` cannot save the memory of a sandbox: use a virtual machine")
  }

  func update(_ limits: SandboxLimits) async throws(SandboxError) {
    let processes = prepared.engine.machineProcesses(for: limits.processes)
    let files = try prepared.ground.content(of: launch, bundle: prepared.ground.bundle(of: name)).limitedFiles
    try await BlockingWork.perform { [group, name, unenforced = launch.unenforced] () throws(SandboxError) in
      do throws(ControlGroupError) {
        try group.apply(
          limits.controlGroupLimits(processes: processes, files: files, unenforced: unenforced))
      } catch {
        throw error.sandboxError(starting: name.sandboxID)
      }
    }
  }

  func waitForEnd() async -> SandboxEnding {
    let end = await end.value
    let kills = end.memoryKills
    let words = [
      Self.words(end.status), kills > 0 ? "\(kills) processes were killed because memory was out" : nil,
      end.report.map { "its kernel said `\($0)`" }, await log.text(),
    ]
    return SandboxEnding(reason: words.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "; "))
  }

  private static func words(_ status: ExitStatus?) -> String {
    switch status {
    case .exited(let code): "the first process exited with code \(code)"
    case .signalled(let signal): "the first process was ended by signal \(signal)"
    case nil: "the first process ended"
    }
  }

  func destroy() async throws(SandboxError) {
    for process in started.roots { process.kill() }
    // A stopped process takes no signal before it runs again.
    try? group.thaw()
    _ = await end.value
    _ = try await sandboxes.remove(name, prepared)
  }
}
