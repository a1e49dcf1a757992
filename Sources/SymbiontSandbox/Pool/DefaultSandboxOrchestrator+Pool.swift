import Logging
public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultSandboxOrchestrator {
  /// Keeps so many sandboxes of a configuration started and waiting, so that ``claimSandbox(_:_:)`` takes milliseconds.
  ///
  /// Only sandboxes without a network can wait. The environment and the agent of the configuration do not matter.
  ///
  /// - Throws: ``SandboxError/configurationInvalid(reason:)``.
  public func keepWarm(
    _ count: Int, of config: SandboxConfig, _ options: SandboxOptions = SandboxOptions()
  ) throws(SandboxError) {
    try Self.validate(config, options)
    guard let key = SandboxPoolKey(config, options) else {
      throw .configurationInvalid(
        reason: "only sandboxes without a network and with a volume of their own can wait in a pool")
    }
    perform(pool.withLock { $0.want(count, of: key, at: .now()) })
  }

  /// How many sandboxes of a configuration wait.
  public func warmCount(of config: SandboxConfig, _ options: SandboxOptions = SandboxOptions()) -> Int {
    SandboxPoolKey(config, options).map { key in pool.withLock { $0.waiting(key).count } } ?? 0
  }

  /// A running sandbox of a configuration: one that waited, or else a new one.
  ///
  /// It belongs to the agent of the configuration from now on and is never given to another.
  public func claimSandbox(
    _ config: SandboxConfig, _ options: SandboxOptions = SandboxOptions()
  ) async throws(SandboxError) -> SandboxID {
    if let key = SandboxPoolKey(config, options), config.environmentVariables.isEmpty {
      let (claimed, actions) = pool.withLock { $0.claim(key, at: .now()) }
      performLater(actions)
      if let claimed {
        do throws(SandboxError) { return try await give(claimed, to: config.agentID) } catch {
          logger.warning("a waiting sandbox could not be used: \(error.message)", metadata: ["sandbox": "\(claimed)"])
          await Self.shielded { _ = try? await self.destroySandbox(claimed) }
        }
      }
    }
    let entry = try await create(config, options)
    do throws(SandboxError) { try await startSandbox(entry.id) } catch {
      await Self.shielded { _ = try? await self.destroySandbox(entry.id) }
      throw error
    }
    return entry.id
  }

  /// Attaches a workspace to a sandbox that waited, and writes down whose it is.
  private func give(_ sandboxID: SandboxID, to agentID: AgentID) async throws(SandboxError) -> SandboxID {
    let entry = try entry(sandboxID)
    guard entry.status == .running else { throw .invalidState(sandboxID: sandboxID, status: entry.status) }
    // The commit and the workspace do not need each other, and both are there before anyone gets the sandbox.
    async let recording = recordAgent(agentID, of: sandboxID)
    var failure: SandboxError?
    if entry.state.withLock({ $0.attachesLate }) {
      do throws(SandboxError) { try await attachVolume(of: entry) } catch { failure = error }
    }
    if let unrecorded = await recording { throw unrecorded }
    if let failure { throw failure }
    entry.state.withLock { $0.agentID = agentID }
    log(entry, "it was given to agent `\(agentID)`")
    return sandboxID
  }

  /// Writes down whose a sandbox is; the error, if there is one.
  private func recordAgent(_ agentID: AgentID, of sandboxID: SandboxID) async -> SandboxError? {
    do throws(StoreError) {
      try await store.write { store in try store.setSandboxAgent(sandboxID, to: agentID) }
      return nil
    } catch { return .storeFailed(reason: "\(error)") }
  }

  /// Attaches the volume of a sandbox that waited, and shows that its size is what the sandbox sees.
  private func attachVolume(of entry: SandboxEntry) async throws(SandboxError) {
    _ = try await ownVolume(of: entry)
    try await attachWorkspace(entry.id)
    let megabytes = entry.state.withLock { $0.limits.workspaceMegabytes }
    let found = try await entry.connection(for: .execute).metrics().diskTotal.map { Int(clamping: $0) }
    let finding = LimitAttestor.workspace(megabytes: megabytes, found: found)
    entry.state.withLock { $0.attestation?.findings.append(finding) }
    guard finding.holds || entry.options.allowsUnenforcedLimits else {
      throw .limitUnenforceable(
        limit: finding.limit,
        reason: "`\(entry.choice.engine.rawValue)` was to enforce \(finding.requested), it sees \(finding.found)")
    }
  }

  /// Makes the volume of a sandbox that waits, so that a claim has only to attach it.
  private func prepareVolume(of entry: SandboxEntry) async throws(SandboxError) {
    _ = try await ownVolume(of: entry)
  }

  /// How long the next sandbox is not begun after one was given away.
  private static let refillDelay = Duration.milliseconds(50)

  /// Does it a moment later, so that the first command of an agent does not share the processors with the making of the
  /// sandbox that takes the place of its own.
  private func performLater(_ actions: [SandboxPoolState.Action]) {
    guard !actions.isEmpty else { return }
    background { orchestrator in
      guard (try? await Task.sleep(for: Self.refillDelay)) != nil else { return }
      orchestrator.perform(actions)
    }
  }

  private func perform(_ actions: [SandboxPoolState.Action]) {
    for action in actions {
      switch action {
      case .destroy(let sandboxID): background { try? await $0.destroySandbox(sandboxID) }
      case .make(let key): background { await $0.fill(key) }
      }
    }
  }

  /// Makes one sandbox for a pool.
  private func fill(_ key: SandboxPoolKey) async {
    // Nobody's yet: the agent is written down when it is claimed.
    let config = SandboxConfig(
      agentID: AgentID(), securityTier: key.tier, resourceLimits: key.limits, filesystemConfig: key.files)
    var made: SandboxID?
    do throws(SandboxError) {
      let entry = try await create(config, key.options, isPooled: true)
      made = entry.id
      try await startSandbox(entry.id)
      try await prepareVolume(of: entry)
      perform(pool.withLock { $0.made(entry.id, key, at: .now()) })
    } catch {
      logger.warning("no sandbox could be made for the pool of `\(key.tier.name)`: \(error.message)")
      if let made { _ = try? await destroySandbox(made) }
      guard let next = pool.withLock({ $0.failed(key, at: .now()) }) else { return }
      background { orchestrator in
        guard (try? await Task.sleep(for: next - Timestamp.now())) != nil else { return }
        orchestrator.perform(orchestrator.pool.withLock { $0.refill(at: .now()) })
      }
    }
  }

  /// Runs work that ``shutdown()`` waits for.
  func background(_ body: @escaping @Sendable (DefaultSandboxOrchestrator) async -> Void) {
    let key = SandboxID()
    backgroundWork.withLock { work in
      work[key] = Task { [weak self] in
        if let self { await body(self) }
        self?.backgroundWork.withLock { $0[key] = nil }
      }
    }
  }

  /// Ends the pools and waits until nothing more is made for them.
  func drainPool() async {
    for sandboxID in pool.withLock({ $0.drain() }) { _ = try? await destroySandbox(sandboxID) }
    while let task = backgroundWork.withLock({ $0.values.first }) {
      task.cancel()
      await task.value
    }
  }
}
