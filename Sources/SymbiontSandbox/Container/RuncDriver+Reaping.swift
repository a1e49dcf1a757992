import FoundationEssentials
import Glibc
import Logging
public import SymbiontCore
import SymbiontResources
import SymbiontSystem

extension RuncDriver {
  /// Kills and removes what a runtime that died left of these sandboxes.
  @discardableResult
  public func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID] {
    let prepared = try await prepared()
    var reaped: [SandboxID] = []
    var failure: SandboxError?
    for sandboxID in sandboxIDs {
      let name = ContainerName(instance: configuration.instance, sandboxID: sandboxID)
      do throws(SandboxError) {
        if try await remove(name, prepared) { reaped.append(sandboxID) }
      } catch {
        logger.error("\(error.message)", metadata: ["sandbox": "\(sandboxID)"])
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return reaped
  }

  /// Kills and removes everything that carries the mark of this instance, but for the given sandboxes.
  @discardableResult
  public func reapAll(except sandboxIDs: Set<SandboxID>) async throws(SandboxError) -> [SandboxID] {
    let prepared = try await prepared()
    let found = try await BlockingWork.perform { [configuration] () throws(SandboxError) in
      let directories = [configuration.engineStateDirectory, configuration.bundlesDirectory]
      let entries = directories.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] }
      let names = entries.compactMap { ContainerName($0, instance: configuration.instance) }
      return prepared.cgroups.names(instance: configuration.instance).union(names)
    }
    return try await reap(found.map(\.sandboxID).filter { !sandboxIDs.contains($0) }.sorted())
  }

  /// Kills and removes everything of a container, in whatever state its maker left it.
  ///
  /// Returns whether there was anything.
  func remove(_ name: ContainerName, _ prepared: Prepared) async throws(SandboxError) -> Bool {
    let bundle = ContainerBundle(of: name, in: configuration)
    let state = EngineState(of: name, in: configuration)
    guard state.exists || bundle.exists || !prepared.cgroups.directories(of: name).isEmpty else { return false }
    if state.exists {
      try await cleaning(state.path, name) { () throws(SystemError) in try state.unmount() }
      try await prepared.engine.delete(name)
      try await cleaning(state.path, name) { () throws(SystemError) in try state.remove() }
    }
    try await prepared.cgroups.clear(name)
    try await cleaning(bundle.path, name) { () throws(SystemError) in try bundle.remove() }
    return true
  }

  private func cleaning(
    _ path: String, _ name: ContainerName, _ body: @escaping @Sendable () throws(SystemError) -> Void
  ) async throws(SandboxError) {
    try await BlockingWork.perform { () throws(SandboxError) in
      do throws(SystemError) {
        try body()
      } catch {
        throw .cleanupFailed(sandboxID: name.sandboxID, reason: "`\(path)` could not be removed: \(error)")
      }
    }
  }
}
