internal import FoundationEssentials
internal import Logging
internal import SymbiontCore
internal import SymbiontMessaging
internal import SymbiontSandbox
internal import SymbiontStore

extension Runtime {
  /// Brings everything to where a clean stop would have left it.
  func recover() async throws(StoreError) {
    makeWorkspaceRoot()
    await reapSandboxes()
    let now = configuration.time.now()
    try await store.write { store in
      for id in try store.agents(in: .terminating) { try store.setAgentState(id, to: .terminated, at: now) }
    }
    await closeMailboxesOfEnded()
    for id in try await store.read({ store in try store.agents(in: .initializing) }) {
      do { try await lifecycle.initialize(id, from: .initializing) } catch {
        logger.warning("agent `\(id)` could not be initialized: \(error)", metadata: ["code": "\(error.code)"])
      }
    }
  }

  /// A crash may have come between the end of an agent and that of its mailbox.
  private func closeMailboxesOfEnded() async {
    guard let registered = bus?.registeredAgents, !registered.isEmpty else { return }
    guard let states = try? await store.read({ store in try store.agentStates() }) else { return }
    let living = Set(states.filter { $0.1 != .terminated }.map(\.0))
    for agentID in registered where !living.contains(agentID) { await engine.closeMailbox(of: agentID) }
  }

  private var logger: Logger { configuration.logger }

  /// Makes the directory that holds the workspaces of a runtime on disk.
  ///
  /// When that fails, effects on files say so.
  private func makeWorkspaceRoot() {
    guard case .disk = configuration.store.durability else { return }
    do {
      try FileManager.default.createDirectory(
        atPath: configuration.workspaceRoot, withIntermediateDirectories: true)
    } catch {
      logger.warning("the directory of the workspaces `\(configuration.workspaceRoot)` cannot be made: \(error)")
    }
  }

  /// Nothing of this data directory runs yet, so every sandbox that carries its name was left by a dead runtime.
  private func reapSandboxes() async {
    do throws(SandboxError) {
      let reaped = try await services.sandbox.reapAll(except: [])
      if !reaped.isEmpty { logger.notice("removed \(reaped.count) sandboxes that a dead runtime left") }
    } catch .engineMissing {
      return
    } catch {
      logger.warning("sandboxes of a dead runtime may be left: \(error)", metadata: ["code": "\(error.code)"])
    }
  }
}
