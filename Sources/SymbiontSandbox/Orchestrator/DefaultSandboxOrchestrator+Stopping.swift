import Logging
public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultSandboxOrchestrator {
  /// Ends everything that runs in the sandbox; its files are kept.
  public func stopSandbox(_ sandboxID: SandboxID) async throws(SandboxError) {
    let entry = try entry(sandboxID)
    try entry.begin(.stop)
    let failure = await Self.shielded { await self.end(entry) }
    if let failure {
      entry.state.withLock { $0.machine.fail(reason: failure.message) }
      throw failure
    }
    entry.state.withLock { $0.machine.finish() }
    log(entry, "it is stopped")
    do throws(SandboxError) { try await record(.stopped, of: entry) } catch {
      // It is stopped all the same; the row only helps to find what a crash leaves.
      log(entry, error.message, level: .error)
    }
  }

  /// Stops the sandbox and removes all of it.
  ///
  /// After an error it can be destroyed again; what is left then is removed at the next start at the latest.
  public func destroySandbox(_ sandboxID: SandboxID) async throws(SandboxError) {
    let entry = try entry(sandboxID)
    try entry.begin(.destroy)
    try await destroy(entry)
  }

  /// The rest of the destruction, once it has begun.
  private func destroy(_ entry: SandboxEntry) async throws(SandboxError) {
    let failure = await Self.shielded { () -> SandboxError? in
      if let failure = await self.end(entry) { return failure }
      do throws(SandboxError) {
        try await self.volumes.remove(entry.id)
        if entry.state.withLock({ $0.attachesLate }) { try await self.removeAttachPoint(entry.id) }
        try await self.erase(entry)
      } catch { return error }
      return nil
    }
    if let failure {
      entry.state.withLock { $0.machine.fail(reason: failure.message) }
      log(entry, failure.message, level: .error)
      throw failure
    }
    entry.state.withLock { $0.machine.finish() }
    registry.withLock { $0.destroyed(entry.id) }
    logger.debug("the sandbox is destroyed", metadata: ["sandbox": "\(entry.id)"])
  }

  /// Removes the row.
  private func erase(_ entry: SandboxEntry) async throws(SandboxError) {
    guard entry.isRecorded else { return }
    let id = entry.id
    do throws(StoreError) { try await store.write { store in _ = try store.removeSandbox(id) } } catch {
      throw .storeFailed(reason: "\(error)")
    }
  }

  /// Ends what runs and removes what surrounds it; only the files stay.
  ///
  /// The first error, if any, after all was tried.
  func end(_ entry: SandboxEntry) async -> SandboxError? {
    let running = entry.state.withLock { $0.running }
    var failure: SandboxError?
    func attempt(_ body: () async throws(SandboxError) -> Void) async {
      do throws(SandboxError) { try await body() } catch { failure = failure ?? error }
    }
    running?.watcher?.cancel()
    if let running {
      running.connection.close()
      await attempt { () async throws(SandboxError) in try await running.launched.destroy() }
      await running.watcher?.value
    }
    if entry.config.networkConfig.mode != .none, let networks {
      await keepPassedBytes(of: entry)
      await attempt { () async throws(SandboxError) in try await networks.detach(entry.id) }
    }
    if let image = entry.options.image { await images?.release(image, by: entry.id) }
    if entry.state.withLock({ $0.isMounted }) {
      await attempt { () async throws(SandboxError) in
        if entry.state.withLock({ $0.attachesLate }) { try await self.detachWorkspace(entry.id) }
        try await self.volumes.unmount(entry.id)
        entry.state.withLock { $0.isMounted = false }
      }
    }
    if failure == nil { entry.state.withLock { $0.running = nil } }
    return failure
  }

  /// Removes everything of a start that failed.
  func undoStart(of entry: SandboxEntry) async {
    if let failure = await end(entry) { log(entry, failure.message, level: .error) }
    do throws(SandboxError) {
      guard entry.origin == nil else { return }
      try await volumes.remove(entry.id)
      entry.state.withLock { $0.hasVolume = false }
    } catch { log(entry, error.message, level: .error) }
  }

  /// Stops admitting, waits for what is being made, destroys everything, and returns when nothing is left.
  ///
  /// What could not be removed is logged, and left to the next start.
  public func shutdown() async {
    registry.withLock { $0.beginShutdown() }
    await drainPool()
    // What is being started or stopped ends within its own time limits.
    while true {
      let entries = registry.withLock { Array($0.entries.values) }
      var busy = 0
      await withTaskGroup(of: Bool.self) { group in
        for entry in entries {
          group.addTask {
            do throws(SandboxError) {
              try await self.destroySandbox(entry.id)
              return false
            } catch .invalidState(_, let status) {
              return status == .starting || status == .stopping || entry.state.withLock { $0.machine.current != nil }
            } catch { return false }
          }
        }
        for await isBusy in group where isBusy { busy += 1 }
      }
      guard busy > 0 else { return }
      try? await Task.sleep(for: Self.shutdownPause)
    }
  }

  /// Between two looks at sandboxes that are being started or stopped while all are to be destroyed.
  private static let shutdownPause = Duration.milliseconds(50)
}
