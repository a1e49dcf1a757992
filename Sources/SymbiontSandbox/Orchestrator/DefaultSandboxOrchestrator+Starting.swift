import Logging
public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultSandboxOrchestrator {
  /// Starts the sandbox, with its limits in force.
  ///
  /// It counts as running only after a probe of it has shown that its limits hold. After an error nothing of it runs,
  /// and its status is ``SandboxStatus/failed(reason:)``.
  public func startSandbox(_ sandboxID: SandboxID) async throws(SandboxError) {
    let entry = try entry(sandboxID)
    try entry.begin(.start)
    do throws(SandboxError) {
      try await start(entry)
    } catch {
      let reason = error.message
      await Self.shielded { await self.undoStart(of: entry) }
      entry.state.withLock { $0.machine.fail(reason: reason) }
      log(entry, "it could not be started: \(reason)", level: .warning)
      throw error
    }
    entry.state.withLock { $0.machine.finish() }
    log(entry, "it runs")
    watch(entry)
    try await applyChangedLimits(to: entry)
  }

  /// Puts in place what the limits became meanwhile; a sandbox that cannot have them does not run.
  private func applyChangedLimits(to entry: SandboxEntry) async throws(SandboxError) {
    while let resources = entry.state.withLock({ $0.takeChangedResources() }) {
      do throws(SandboxError) { try await updateLimits(entry.id, resources) } catch {
        try? await stopSandbox(entry.id)
        throw error
      }
    }
  }

  private func start(_ entry: SandboxEntry) async throws(SandboxError) {
    guard let driver = drivers[entry.choice.engine] else {
      throw .engineMissing(engine: entry.choice.engine.rawValue, hint: "the runtime has no driver for it")
    }
    let launch = try await surroundings(of: entry)
    let launched = try await driver.launch(launch)
    let connection = GuestConnection(launched.channel)
    entry.state.withLock { $0.running = SandboxEntry.Running(launched: launched, connection: connection) }
    let greeting = try await connection.greet(timeout: configuration.startTimeout)
    entry.log.add(.guest, "protocol \(greeting.protocolVersion), kernel \(greeting.kernel)")
    try await configure(connection, of: entry, launched)
    try await attest(entry, launched: launched, connection: connection)
    try await record(.running, of: entry)
  }

  /// Tells the guest as whom and with what commands run; a restored machine gets an identity of its own first.
  private func configure(
    _ connection: GuestConnection, of entry: SandboxEntry, _ launched: any LaunchedSandbox
  ) async throws(SandboxError) {
    if entry.tier == .tier3 { try await connection.reseed(.fresh(for: entry.id)) }
    try await connection.configure(
      GuestConfiguration(
        workspacePath: entry.config.filesystemConfig.workspacePath, userID: launched.commandUserID,
        groupID: launched.commandUserID, machine: launched.guestSettings))
  }

  /// Makes the volume, the network and the root file system.
  private func surroundings(of entry: SandboxEntry) async throws(SandboxError) -> SandboxLaunch {
    let (limits, agentID) = entry.state.withLock { ($0.limits, $0.agentID) }
    var launch = SandboxLaunch(
      sandboxID: entry.id, agentID: agentID, root: try await root(of: entry), volume: try await volume(of: entry),
      limits: limits, unenforced: entry.choice.unenforced, memorySnapshot: entry.origin?.memory)
    guard entry.config.networkConfig.mode != .none else { return launch }
    guard let networks else {
      throw .limitUnenforceable(limit: "network_config", reason: "this runtime makes no networks")
    }
    launch.network = try await networks.attach(
      entry.id, config: entry.config.networkConfig,
      megabytesPerSecond: entry.choice.unenforced.contains(.networkRateLimit)
        ? nil : limits.resources.networkMegabytesPerSecond,
      forVirtualMachine: entry.tier == .tier3)
    return launch
  }

  private func root(of entry: SandboxEntry) async throws(SandboxError) -> SandboxLaunch.Root {
    guard let image = entry.options.image else { return .machine }
    guard let images else { throw .configurationInvalid(reason: "this runtime keeps no images") }
    let isWritable = !entry.config.filesystemConfig.isRootReadOnly
    let path =
      entry.tier == .tier3
      ? try await images.disk(of: image, for: entry.id) : try await images.root(of: image, for: entry.id)
    return .image(directory: path, isWritable: isWritable)
  }

  private func volume(of entry: SandboxEntry) async throws(SandboxError) -> SandboxLaunch.Volume {
    if let directory = entry.options.workspaceDirectory { return .directory(directory) }
    if entry.state.withLock({ $0.attachesLate }) { return .directory(try await makeAttachPoint(entry.id)) }
    return try await ownVolume(of: entry)
  }

  /// Makes the volume when it is missing, and mounts it unless a virtual machine takes it.
  func ownVolume(of entry: SandboxEntry) async throws(SandboxError) -> SandboxLaunch.Volume {
    let ownership: SandboxVolume.Ownership = entry.tier == .tier3 ? .virtualMachine : .machine
    let megabytes = entry.state.withLock { $0.limits.workspaceMegabytes }
    let (hasVolume, isMounted) = entry.state.withLock { ($0.hasVolume, $0.isMounted) }
    let volume = SandboxVolume(sandboxID: entry.id, path: volumes.path(of: entry.id), ownership: ownership)
    if !hasVolume {
      _ = try await volumes.make(entry.id, megabytes: megabytes, ownership: ownership, copyOf: entry.origin?.volume)
      entry.state.withLock { $0.hasVolume = true }
    }
    guard ownership == .machine else { return .image(path: volume.path, mountedAt: nil) }
    if !isMounted {
      _ = try await volumes.mount(volume)
      entry.state.withLock { $0.isMounted = true }
    }
    return .image(path: volume.path, mountedAt: volumes.mountPath(of: entry.id))
  }

  /// Shows that the limits hold, and refuses the sandbox when one does not.
  private func attest(
    _ entry: SandboxEntry, launched: any LaunchedSandbox, connection: GuestConnection
  ) async throws(SandboxError) {
    let engineDiskRate = try await launched.engineDiskRate()
    let hasNetwork = entry.config.networkConfig.mode != .none
    let network = hasNetwork ? try await networks?.settings(of: entry.id) : nil
    let subject = AttestationSubject(
      limits: entry.state.withLock { $0.limits }, tier: entry.tier,
      hasNetwork: hasNetwork, network: network,
      isRootReadOnly: entry.config.filesystemConfig.isRootReadOnly,
      // One that is attached later is looked at then.
      hasVolume: entry.options.hasWorkspaceLimit && !entry.state.withLock { $0.attachesLate },
      unenforced: entry.choice.unenforced,
      engineDiskRate: engineDiskRate, controlGroupPath: launched.controlGroupPath, connection: connection)
    let attestation = Attestation(takenAt: .now(), findings: try await attestor.attest(subject))
    entry.state.withLock { $0.attestation = attestation }
    for finding in attestation.broken {
      log(entry, "\(finding.limit): asked for \(finding.requested), found \(finding.found)", level: .warning)
    }
    guard let broken = attestation.broken.first, !entry.options.allowsUnenforcedLimits else { return }
    throw .limitUnenforceable(
      limit: broken.limit,
      reason:
        "`\(entry.choice.engine.rawValue)` was to enforce \(broken.requested), a probe in the sandbox found \(broken.found)"
    )
  }

  /// Learns of an end that nobody asked for.
  private func watch(_ entry: SandboxEntry) {
    entry.state.withLock { state in
      guard let launched = state.running?.launched else { return }
      state.running?.watcher = Task { [weak self, weak entry] in
        let ending = await launched.waitForEnd()
        guard let self, let entry, !Task.isCancelled else { return }
        guard entry.state.withLock({ $0.machine.endedByItself(reason: ending.reason) }) else { return }
        self.log(entry, "it ended by itself: \(ending.reason)", level: .warning)
      }
    }
  }

  func record(_ status: SandboxStatus, of entry: SandboxEntry) async throws(SandboxError) {
    guard entry.isRecorded else { return }
    let (id, name) = (entry.id, status.name)
    do throws(StoreError) { try await store.write { store in try store.setSandboxState(id, to: name) } } catch {
      throw .storeFailed(reason: "\(error)")
    }
  }
}
