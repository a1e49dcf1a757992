import Logging
public import SymbiontCore
import Synchronization

extension DefaultSandboxOrchestrator {
  /// The bounds of snapshots and forks.
  public enum SnapshotBounds {
    /// The UTF-8 bytes of a snapshot's name.
    public static let nameBytes = 1...256
    /// How many copies one fork makes.
    public static let forks = 1...64
  }

  private var snapshots: SnapshotStore { SnapshotStore(directory: configuration.snapshotsDirectory) }

  /// Saves the sandbox as it is: its files and, where its engine can, its memory.
  ///
  /// A running sandbox is held still meanwhile, and goes on.
  public func snapshot(_ sandboxID: SandboxID, name: String) async throws(SandboxError) -> SnapshotID {
    guard SnapshotBounds.nameBytes.contains(name.utf8.count), !name.utf8.contains(0) else {
      throw .configurationInvalid(reason: "a snapshot's name has 1 to \(SnapshotBounds.nameBytes.upperBound) bytes")
    }
    let entry = try entry(sandboxID)
    guard entry.options.workspaceDirectory == nil else {
      throw .configurationInvalid(
        reason: "the workspace of sandbox `\(sandboxID)` is a directory of the machine, of which no snapshot is made")
    }
    try entry.begin(.snapshot)
    let id = SnapshotID()
    do throws(SandboxError) { try await save(entry, as: id, name: name) } catch {
      await BlockingWork.run { [snapshots] in snapshots.abandon(id) }
      entry.state.withLock { $0.machine.withdraw() }
      throw error
    }
    entry.state.withLock { $0.machine.finish() }
    log(entry, "snapshot `\(id)` was made of it")
    return id
  }

  private func save(_ entry: SandboxEntry, as id: SnapshotID, name: String) async throws(SandboxError) {
    try await BlockingWork.perform { [snapshots] () throws(SandboxError) in try snapshots.begin(id) }
    let draft = snapshots.draftPath(id)
    let (running, status, isMounted) = entry.state.withLock { ($0.running, $0.machine.status, $0.isMounted) }
    let hasMemory =
      running != nil && reports.withLock { $0[entry.choice.engine]?.capabilities.contains(.memorySnapshot) } ?? false
    let wasRunning = status == .running
    // A virtual machine's own cache must reach its disk; where the memory is saved the cache is saved with it.
    if wasRunning, let running {
      if entry.tier == .tier3, !hasMemory { try await running.connection.freeze() }
      try await running.launched.pause()
    }
    let failure = await Self.shielded { () -> SandboxError? in
      var failure: SandboxError?
      do throws(SandboxError) {
        if hasMemory, let running {
          try await running.launched.saveMemory(to: SnapshotStore.memoryPath(in: draft))
        }
        let volume = SandboxVolume(
          sandboxID: entry.id, path: self.volumes.path(of: entry.id),
          ownership: entry.tier == .tier3 ? .virtualMachine : .machine)
        try await self.volumes.copy(volume, to: SnapshotStore.volumePath(in: draft), isMounted: isMounted)
      } catch { failure = error }
      guard wasRunning, let running else { return failure }
      do throws(SandboxError) {
        try await running.launched.resume()
        if entry.tier == .tier3, !hasMemory { try await running.connection.thaw() }
        try await self.setClock(of: entry, running)
      } catch { failure = failure ?? error }
      return failure
    }
    if let failure { throw failure }
    let snapshot = SandboxSnapshot(
      id: id, name: name, sandboxID: entry.id, createdAt: .now(), engine: entry.choice.engine, hasMemory: hasMemory,
      config: entry.config, options: entry.options)
    try await BlockingWork.perform { [snapshots] () throws(SandboxError) in try snapshots.commit(snapshot) }
  }

  /// Makes a new, running sandbox that goes on from a snapshot.
  ///
  /// It has an identity, randomness and time of its own. It is for the same agent unless another is given.
  public func restore(_ id: SnapshotID, agentID: AgentID? = nil) async throws(SandboxError) -> SandboxID {
    let found = await BlockingWork.run { [snapshots] in snapshots.snapshot(id) }
    guard let found else { throw .configurationInvalid(reason: "there is no snapshot `\(id)`") }
    var (config, options) = (found.config, found.options)
    if let agentID { config.agentID = agentID }
    // Neither memory nor the files of a virtual machine fit another engine.
    options.engine = found.engine
    let entry = try await create(config, options, origin: snapshots.origin(found))
    do throws(SandboxError) {
      try await startSandbox(entry.id)
    } catch {
      await Self.shielded { _ = try? await self.destroySandbox(entry.id) }
      throw error
    }
    return entry.id
  }

  /// Makes running copies of a sandbox, which goes on itself.
  ///
  /// All of them are there, or none.
  public func fork(_ sandboxID: SandboxID, count: Int) async throws(SandboxError) -> [SandboxID] {
    guard SnapshotBounds.forks.contains(count) else {
      throw .configurationInvalid(reason: "a fork makes 1 to \(SnapshotBounds.forks.upperBound) copies, not \(count)")
    }
    let id = try await snapshot(sandboxID, name: "fork of \(sandboxID)")
    var copies: [SandboxID] = []
    var failure: SandboxError?
    for _ in 0..<count where failure == nil {
      do throws(SandboxError) { copies.append(try await restore(id)) } catch { failure = error }
    }
    do throws(SandboxError) { try await removeSnapshot(id) } catch { logger.error("\(error.message)") }
    guard let failure else { return copies }
    let made = copies
    await Self.shielded { for copy in made { _ = try? await self.destroySandbox(copy) } }
    throw failure
  }

  /// The snapshots of this data directory, the oldest first.
  public func listSnapshots() async -> [SandboxSnapshot] {
    await BlockingWork.run { [snapshots] in snapshots.list() }
  }

  /// Removes a snapshot.
  public func removeSnapshot(_ id: SnapshotID) async throws(SandboxError) {
    let wasThere = try await BlockingWork.perform { [snapshots] () throws(SandboxError) in try snapshots.remove(id) }
    guard wasThere else { throw .configurationInvalid(reason: "there is no snapshot `\(id)`") }
  }
}

extension BlockingWork {
  /// The same for a body that does not throw.
  static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    let result = try? await perform { () throws(SandboxError) in body() }
    // The body cannot throw, so there is a value.
    return result ?? body()
  }
}
