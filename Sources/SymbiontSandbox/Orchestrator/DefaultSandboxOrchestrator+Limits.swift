public import SymbiontCore
import SymbiontResources
import Synchronization

extension DefaultSandboxOrchestrator {
  /// What the kernel counted for a sandbox, and how full its workspace is.
  public func usage(_ sandboxID: SandboxID) async throws(SandboxError) -> SandboxUsage {
    try await usage(of: try entry(sandboxID))
  }

  /// What was counted for a sandbox outside and inside.
  func usage(of entry: SandboxEntry) async throws(SandboxError) -> SandboxUsage {
    var usage = try await BlockingWork.perform { () throws(SandboxError) in entry.usage() }
    guard entry.status == .running, let connection = entry.state.withLock({ $0.running?.connection }) else {
      return usage
    }
    let limit = entry.state.withLock { $0.limits.processes }
    usage.apply(try await connection.metrics(), tier: entry.tier, processLimit: limit)
    return usage
  }

  /// Changes the limits of a running sandbox: memory, processor time, processes and rates.
  ///
  /// The size of its workspace stays as it is. When the kernel refuses, the old limits hold.
  public func updateLimits(_ sandboxID: SandboxID, _ resources: ResourceLimits) async throws(SandboxError) {
    do throws(ConfigurationError) { try resources.validate() } catch {
      throw .configurationInvalid(reason: error.message)
    }
    let entry = try entry(sandboxID)
    try entry.begin(.update)
    let (old, running) = entry.state.withLock { ($0.limits, $0.running) }
    var limits = old
    limits.resources = resources
    do throws(SandboxError) {
      guard let running else { throw .invalidState(sandboxID: sandboxID, status: entry.status) }
      try await running.launched.update(limits)
      do throws(SandboxError) {
        try await updateNetwork(of: entry, from: old, to: limits)
      } catch {
        try? await running.launched.update(old)
        throw error
      }
    } catch {
      entry.state.withLock { $0.machine.withdraw() }
      throw error
    }
    entry.state.withLock { state in
      state.limits = limits
      state.machine.finish()
    }
    log(entry, "its limits were changed")
  }

  private func updateNetwork(
    of entry: SandboxEntry, from old: SandboxLimits, to new: SandboxLimits
  ) async throws(SandboxError) {
    let rate = new.resources.networkMegabytesPerSecond
    guard entry.config.networkConfig.mode != .none, rate != old.resources.networkMegabytesPerSecond, let networks
    else { return }
    try await networks.update(entry.id, megabytesPerSecond: rate)
  }

  /// Holds everything in the sandbox still, until ``resume(_:)``.
  public func pause(_ sandboxID: SandboxID) async throws(SandboxError) {
    try await hold(sandboxID, .pause) { running async throws(SandboxError) in try await running.launched.pause() }
  }

  /// Lets everything in a paused sandbox go on.
  public func resume(_ sandboxID: SandboxID) async throws(SandboxError) {
    try await hold(sandboxID, .resume) { running async throws(SandboxError) in
      try await running.launched.resume()
      try await setClock(of: try entry(sandboxID), running)
    }
  }

  /// The clock of a virtual machine stood still with it.
  func setClock(of entry: SandboxEntry, _ running: SandboxEntry.Running) async throws(SandboxError) {
    guard entry.tier == .tier3 else { return }
    try await running.connection.reseed(.fresh(for: entry.id))
  }

  private func hold(
    _ sandboxID: SandboxID, _ operation: SandboxMachine.Operation,
    _ body: (SandboxEntry.Running) async throws(SandboxError) -> Void
  ) async throws(SandboxError) {
    let entry = try entry(sandboxID)
    try entry.begin(operation)
    do throws(SandboxError) {
      guard let running = entry.state.withLock({ $0.running }) else {
        throw .invalidState(sandboxID: sandboxID, status: entry.status)
      }
      try await body(running)
    } catch {
      entry.state.withLock { $0.machine.withdraw() }
      throw error
    }
    entry.state.withLock { $0.machine.finish() }
    log(entry, operation == .pause ? "it is paused" : "it goes on")
  }
}
