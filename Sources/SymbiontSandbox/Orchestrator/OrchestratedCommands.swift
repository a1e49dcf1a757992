import FoundationEssentials
import Glibc
import Logging
public import SymbiontCore
import Synchronization

/// Runs each command of an agent in a sandbox of its own that the orchestrator makes, on the tier that the command asks
/// for.
///
/// The id of the command is that of the sandbox: its caller has written it down before, so such a sandbox has no row.
///
/// A container sees the agent's workspace itself. A virtual machine sees a copy: the files are brought there before the
/// command, and what it changed is brought back before its result is given.
public struct OrchestratedCommands: CommandSandbox {
  private let orchestrator: DefaultSandboxOrchestrator
  private let prober: RuncDriver
  private let allowsUnenforcedLimits: Bool
  private let observer: Observer
  private let volumes: AgentVolumes

  /// Is told of an agent's sandbox, with what was counted for limits that its command reached.
  public typealias Observer = @Sendable (AgentID, [ResourceKind: ResourceViolation.Evidence]) async -> Void

  /// Makes it of an orchestrator.
  ///
  /// - Parameters:
  ///   - orchestrator: Makes the sandboxes.
  ///   - prober: Shows which promises of tier 1 hold on this machine.
  ///   - allowsUnenforcedLimits: Whether commands run although the machine cannot enforce some of their limits; that is
  ///     logged for each of them.
  ///   - workspaceMegabytes: The size of each new workspace, of 16 MB and more; nil for workspaces without. It needs the
  ///     rights of the administrator.
  ///   - observer: Is called when an agent's sandbox has begun to run, and again before it is removed, so that nothing
  ///     of what the kernel counted for it is lost.
  public init(
    _ orchestrator: DefaultSandboxOrchestrator, prober: RuncDriver, allowsUnenforcedLimits: Bool = false,
    workspaceMegabytes: Int? = nil, observer: @escaping Observer = { _, _ in }
  ) {
    self.orchestrator = orchestrator
    self.prober = prober
    self.allowsUnenforcedLimits = allowsUnenforcedLimits
    self.observer = observer
    volumes = AgentVolumes(orchestrator.configuration, megabytes: workspaceMegabytes, logger: orchestrator.logger)
  }

  /// Makes a directory the workspace of an agent, with a size where workspaces have one.
  public func prepareWorkspace(_ path: String) async throws(SandboxError) { _ = try await prepare(path) }

  /// Whether the workspace has a size.
  private func prepare(_ path: String) async throws(SandboxError) -> Bool {
    let owner = orchestrator.configuration.owner
    var hasSize = false
    do throws(SandboxError) { hasSize = try await volumes.mount(on: path) } catch {
      guard case .limitUnenforceable = error, allowsUnenforcedLimits else { throw error }
      orchestrator.logger.warning("\(error.message)", metadata: ["code": "\(error.code)"])
    }
    try await BlockingWork.perform { () throws(SandboxError) in try WorkspaceDirectory.prepare(path, owner: owner) }
    return hasSize
  }

  /// Removes the workspace of an agent, with all its files.
  public func removeWorkspace(_ path: String) async throws(SandboxError) { try await volumes.remove(path) }

  /// Unmounts the workspaces that have a size.
  public func close() async { await volumes.unmountAll() }

  /// Runs a command to its end in a sandbox of its own.
  public func run(_ command: SandboxCommand) async throws(SandboxError) -> CommandResult {
    try command.validate()
    guard !Task.isCancelled else { throw .cancelled(operation: command.operation) }
    let hasSize = try await prepare(command.workspace)
    // Without an engine it does not matter: making the sandbox says what is missing.
    let isShared = await orchestrator.sharesWorkspaces(of: command.tier) ?? true
    let entry = try await start(
      SandboxConfig(
        agentID: command.agentID ?? AgentID(), securityTier: command.tier, resourceLimits: command.limits),
      id: command.id, processes: command.processLimit,
      workspace: isShared ? Workspace(path: command.workspace, hasSize: hasSize) : nil)
    do throws(SandboxError) {
      let observed =
        isShared ? try await execute(command, in: entry) : try await executeOnCopy(command, in: entry)
      await remove(entry, of: command.agentID, observed.evidence)
      return observed.result
    } catch {
      await remove(entry, of: command.agentID)
      throw Self.translated(error, command)
    }
  }

  private typealias Observed = (result: CommandResult, evidence: [ResourceKind: ResourceViolation.Evidence])

  /// A directory of the machine that is the workspace of a sandbox.
  private struct Workspace {
    var path: String
    var hasSize: Bool
  }

  private func start(
    _ config: SandboxConfig, id: SandboxID, processes: Int, workspace: Workspace?
  ) async throws(SandboxError) -> SandboxEntry {
    var (config, options) = (
      config, SandboxOptions(processes: processes, allowsUnenforcedLimits: allowsUnenforcedLimits)
    )
    options.workspaceDirectory = workspace?.path
    options.limitsWorkspaceDirectory = workspace?.hasSize ?? false
    if let megabytes = volumes.megabytes { config.filesystemConfig.workspaceMegabytes = megabytes }
    let entry = try await orchestrator.create(config, options, id: id, isRecorded: false)
    do throws(SandboxError) {
      try await markData()
      try await orchestrator.startSandbox(entry.id)
      return entry
    } catch {
      await remove(entry, of: nil)
      // Nothing of the command has run, whatever the connection says of itself.
      if case .executionFailed(let reason) = error { throw .startFailed(reason: reason) }
      throw error
    }
  }

  /// Makes the directory that tells the next runtime that sandboxes were made for this data.
  private func markData() async throws(SandboxError) {
    let path = orchestrator.configuration.dataDirectory
    try await BlockingWork.perform { () throws(SandboxError) in
      try SandboxVolumes.makeDirectory(path, mode: Self.dataMode)
    }
  }

  private static let dataMode: mode_t = 0o711
  /// What the guest does not set by itself.
  private static let environment = ["LANG": "C.UTF-8", "TMPDIR": "/tmp"]

  private func execute(_ command: SandboxCommand, in entry: SandboxEntry) async throws(SandboxError) -> Observed {
    if let agentID = command.agentID { await observer(agentID, [:]) }
    let environment = Self.environment.merging(command.environment) { _, own in own }
    return try await orchestrator.observe(
      entry.id,
      ExecutionRequest(arguments: command.arguments, environment: environment, timeout: command.timeout),
      input: command.standardInput, outputLimit: command.outputLimitBytes)
  }

  /// Runs a command whose sandbox cannot see the workspace itself.
  private func executeOnCopy(
    _ command: SandboxCommand, in entry: SandboxEntry
  ) async throws(SandboxError) -> Observed {
    let copy: WorkspaceCopy
    do throws(SandboxError) {
      copy = try await WorkspaceCopy(of: command.workspace, to: try entry.connection(for: .transfer))
    } catch {
      guard case .executionFailed(let reason) = error else { throw error }
      throw .startFailed(reason: "the workspace could not be copied into the sandbox: \(reason)")
    }
    let outcome: Result<Observed, SandboxError>
    do throws(SandboxError) { outcome = .success(try await execute(command, in: entry)) } catch {
      // What a command wrote that printed too much is there all the same; after other errors nobody knows.
      guard case .outputTooLarge = error else { throw error }
      outcome = .failure(error)
    }
    do throws(SandboxError) { try await copy.bringBack() } catch {
      throw .executionFailed(reason: "its files could not be brought back: \(error.message)")
    }
    return try outcome.get()
  }

  /// Ends a sandbox.
  ///
  /// What cannot be removed is logged and left for the next reaping: the command's outcome is worth more.
  private func remove(
    _ entry: SandboxEntry, of agentID: AgentID?, _ evidence: [ResourceKind: ResourceViolation.Evidence] = [:]
  ) async {
    await DefaultSandboxOrchestrator.shielded { [orchestrator, observer] in
      if let agentID { await observer(agentID, evidence) }
      do throws(SandboxError) { try await orchestrator.destroySandbox(entry.id) } catch {
        orchestrator.log(entry, error.message, level: .error)
      }
    }
  }

  /// The words that callers of commands know.
  private static func translated(_ error: SandboxError, _ command: SandboxCommand) -> SandboxError {
    switch error {
    case .cancelled: .cancelled(operation: command.operation)
    case .outputTooLarge(let stream, let maximum):
      .outputTooLarge(stream: stream == "standard error" ? "stderr" : "stdout", maximumBytes: maximum)
    default: error
    }
  }

  // MARK: Attesting

  /// Starts a sandbox with these limits, which is attested like every other one, and removes it.
  public func attest(_ tier: SecurityTier, limits: ResourceLimits, processes: Int) async throws(SandboxError) {
    let id = SandboxID()
    let isShared = await orchestrator.sharesWorkspaces(of: tier)
    let workspace = isShared == true ? try await makeProbeWorkspace(id) : nil
    let config = SandboxConfig(agentID: AgentID(), securityTier: tier, resourceLimits: limits)
    let result: Result<SandboxEntry, SandboxError>
    do throws(SandboxError) {
      result = .success(try await start(config, id: id, processes: processes, workspace: workspace))
    } catch { result = .failure(error) }
    if case .success(let entry) = result { await remove(entry, of: nil) }
    if let workspace { try? await volumes.remove(workspace.path) }
    _ = try result.get()
  }

  private var probesDirectory: String { "\(orchestrator.configuration.stateDirectory)/attestations" }

  private func makeProbeWorkspace(_ id: SandboxID) async throws(SandboxError) -> Workspace {
    let path = "\(probesDirectory)/\(AgentVolumes.probePrefix)\(id)"
    try await BlockingWork.perform { [probesDirectory] () throws(SandboxError) in
      try SandboxVolumes.makeDirectory(probesDirectory, mode: Self.dataMode)
    }
    do throws(SandboxError) { return Workspace(path: path, hasSize: try await prepare(path)) } catch {
      try? await volumes.remove(path)
      throw error
    }
  }

  // MARK: Reaping

  /// Kills and removes what a dead runtime left of these sandboxes.
  @discardableResult
  public func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID] {
    try Self.reaped(await orchestrator.reap(Set(sandboxIDs)))
  }

  /// Kills and removes everything of this instance, but for the given sandboxes.
  ///
  /// Where no sandbox was ever made for the data nothing is looked for, so that it costs nothing and needs no rights.
  @discardableResult
  public func reapAll(except sandboxIDs: Set<SandboxID>) async throws(SandboxError) -> [SandboxID] {
    let configuration = orchestrator.configuration
    let wasUsed = await BlockingWork.run {
      access(configuration.stateDirectory, F_OK) == 0 || access(configuration.dataDirectory, F_OK) == 0
    }
    guard wasUsed else { return [] }
    let report = await orchestrator.reapAll(except: sandboxIDs)
    await volumes.removeProbes(below: probesDirectory)
    return try Self.reaped(report)
  }

  private static func reaped(_ report: ReapReport) throws(SandboxError) -> [SandboxID] {
    if let failure = report.failures.first {
      throw .cleanupFailed(sandboxID: report.removed.keys.min() ?? SandboxID(), reason: failure)
    }
    return report.removed.keys.sorted()
  }

  /// Shows which promises hold on this machine.
  public func probe() async -> SandboxProbe { await prober.probe() }
}

extension DefaultSandboxOrchestrator {
  /// Whether an engine of a tier shows sandboxes a directory of the machine; where none can, they get a copy of it.
  ///
  /// Nil when no engine of the tier can be used.
  func sharesWorkspaces(of tier: SecurityTier) async -> Bool? {
    let engines = SandboxEngine.candidates(for: tier)
    let isKnown = reports.withLock { reports in
      engines.contains { reports[$0]?.capabilities.contains(.sharedWorkspace) ?? false }
    }
    if isKnown { return true }
    let usable = await engineReports(of: tier).filter(\.isUsable)
    return usable.isEmpty ? nil : usable.contains { $0.capabilities.contains(.sharedWorkspace) }
  }
}
