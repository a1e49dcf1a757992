import Logging
public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultSandboxOrchestrator {
  /// Makes a sandbox of the tier asked for, never of a weaker one; nothing runs in it yet.
  ///
  /// - Throws: ``SandboxError/configurationInvalid(reason:)``, ``SandboxError/tierUnavailable(tier:reason:)``,
  ///   ``SandboxError/limitUnenforceable(limit:reason:)``, ``SandboxError/startFailed(reason:)`` when there are too many,
  ///   ``SandboxError/storeFailed(reason:)`` or ``SandboxError/shuttingDown``; nothing was made then.
  public func createSandbox(_ config: SandboxConfig) async throws(SandboxError) -> SandboxID {
    try await createSandbox(config, SandboxOptions())
  }

  /// The same with options that the specification does not know.
  public func createSandbox(
    _ config: SandboxConfig, _ options: SandboxOptions
  ) async throws(SandboxError) -> SandboxID {
    try await create(config, options).id
  }

  /// Makes a sandbox, with its row.
  ///
  /// - Parameter isRecorded: Whether it gets a row. What runs one command of an effect has its record in the journal.
  func create(
    _ config: SandboxConfig, _ options: SandboxOptions, id: SandboxID = SandboxID(), isRecorded: Bool = true,
    isPooled: Bool = false, origin: SnapshotOrigin? = nil
  ) async throws(SandboxError) -> SandboxEntry {
    try Self.validate(config, options)
    guard !registry.withLock({ $0.isShuttingDown }) else { throw .shuttingDown }
    var needs = SandboxNeeds(config, options)
    if origin?.memory != nil { needs.features.insert(.memorySnapshot) }
    let choice = try EngineChoice.choose(
      config.securityTier, needs, from: await engineReports(of: config.securityTier), options)
    let entry = SandboxEntry(
      id: id, config: config, options: options, choice: choice, isRecorded: isRecorded,
      agentID: isPooled ? nil : config.agentID, origin: origin)
    // Where nothing can be attached later it has its volume from the start.
    let canAttach = reports.withLock { $0[choice.engine]?.capabilities.contains(.lateWorkspace) } ?? false
    entry.state.withLock { $0.attachesLate = isPooled && canAttach }
    try register(entry)
    do throws(SandboxError) { try await record(entry) } catch {
      registry.withLock { $0.withdraw(id) }
      throw error
    }
    if !choice.unenforced.isEmpty {
      let names = choice.unenforced.compactMap(\.limitName).sorted().joined(separator: ", ")
      log(entry, "the limits \(names) are not enforced, as was allowed by name", level: .warning)
    }
    return entry
  }

  private func register(_ entry: SandboxEntry) throws(SandboxError) {
    let maximum = configuration.maximumSandboxes
    let refusal = registry.withLock { registry -> SandboxRegistry.Refusal? in
      do throws(SandboxRegistry.Refusal) {
        try registry.add(entry, maximum: maximum)
        return nil
      } catch { return error }
    }
    switch refusal {
    case nil: return
    case .exists: throw .sandboxAlreadyExists(sandboxID: entry.id)
    case .shuttingDown: throw .shuttingDown
    case .full: throw .startFailed(reason: "there are \(maximum) sandboxes already: destroy one first")
    }
  }

  /// Writes the row, before anything of the sandbox exists on the machine.
  private func record(_ entry: SandboxEntry) async throws(SandboxError) {
    guard entry.isRecorded else { return }
    let row = SandboxRow(
      id: entry.id, instance: configuration.instance, bootID: BootID.current,
      agentID: entry.state.withLock { $0.agentID }, engine: entry.choice.engine.rawValue,
      state: SandboxStatus.created.name, createdAt: entry.createdAt)
    do throws(StoreError) { try await store.write { store in try store.insertSandbox(row) } } catch {
      throw .storeFailed(reason: "\(error)")
    }
  }

  /// Checks everything that can be checked before an engine is asked.
  static func validate(_ config: SandboxConfig, _ options: SandboxOptions) throws(SandboxError) {
    do throws(ConfigurationError) { try config.validate() } catch { throw .configurationInvalid(reason: error.message) }
    guard SandboxCommand.Bounds.processes.contains(options.processes) else {
      throw .configurationInvalid(
        reason: "the process limit \(options.processes) is outside \(SandboxCommand.Bounds.processes)")
    }
    let files = config.filesystemConfig
    guard files.mounts.isEmpty else {
      throw .configurationInvalid(
        reason: "`mounts` are not supported: copy files into the workspace, or put them into an image")
    }
    guard files.workspacePath == FilesystemConfig().workspacePath else {
      throw .configurationInvalid(
        reason:
          "`workspace_path` is `\(files.workspacePath)`; every engine has it at `\(FilesystemConfig().workspacePath)`")
    }
    guard files.isRootReadOnly || options.image != nil else {
      throw .configurationInvalid(reason: "only the files of an image can be written to, not those of the machine")
    }
    if let directory = options.workspaceDirectory {
      guard directory.hasPrefix("/"), !directory.utf8.contains(0) else {
        throw .configurationInvalid(reason: "the workspace `\(directory)` is not an absolute path")
      }
      guard files.isRootReadOnly else {
        throw .configurationInvalid(reason: "a sandbox whose `/` can be written to needs a volume of its own")
      }
    }
    if let engine = options.engine, engine.tier != config.securityTier {
      throw .configurationInvalid(
        reason: "the engine `\(engine.rawValue)` is of `\(engine.tier.name)`, not of `\(config.securityTier.name)`")
    }
  }
}
