import FoundationEssentials
import Logging
import SymbiontCore
import SymbiontResources
import SymbiontSystem

extension ContainerSandboxes {
  /// How often what an engine was just making is looked for again: it may start a process while others are killed.
  private static let rounds = 10

  /// The sandboxes of which something exists.
  func survivors() async throws(SandboxError) -> Set<SandboxID> {
    let prepared = try await prepared()
    return try await BlockingWork.perform { [configuration] () throws(SandboxError) in
      let bundles = (try? FileManager.default.contentsOfDirectory(atPath: prepared.ground.directories.bundles)) ?? []
      let names = bundles.compactMap { ContainerName($0, instance: configuration.instance) }
      let known = prepared.engine.known(in: prepared.ground.directories, instance: configuration.instance)
      let groups = prepared.ground.hierarchy.names(instance: configuration.instance)
      return Set(groups.union(known).union(names).map(\.sandboxID))
    }
  }

  /// Kills and removes whatever exists of the sandboxes.
  func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID: [String]] {
    let prepared = try await prepared()
    var reaped: [SandboxID: [String]] = [:]
    var failure: SandboxError?
    for sandboxID in sandboxIDs {
      let name = ContainerName(instance: configuration.instance, sandboxID: sandboxID)
      do throws(SandboxError) {
        let removed = try await remove(name, prepared)
        if !removed.isEmpty { reaped[sandboxID] = removed }
      } catch {
        logger.error("\(error.message)", metadata: ["sandbox": "\(sandboxID)"])
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return reaped
  }

  /// Kills and removes everything of a container, in whatever state its maker left it, and says what there was.
  func remove(_ name: ContainerName, _ prepared: Prepared) async throws(SandboxError) -> [String] {
    let ground = prepared.ground
    let group = ground.group(of: name)
    var removed = try await endProcesses(name, group, prepared)
    if group.exists { removed.append("control group \(group.path)") }
    do throws(ControlGroupError) {
      try await group.remove()
    } catch {
      throw .cleanupFailed(sandboxID: name.sandboxID, reason: "\(error)")
    }
    let bundle = ground.bundle(of: name)
    return try await BlockingWork.perform { [removed] () throws(SandboxError) in
      var removed = removed
      if prepared.engine.known(in: ground.directories, instance: name.instance).contains(name) {
        removed.append("state of \(prepared.engine.engine.rawValue) for \(name)")
      }
      if bundle.exists { removed.append("bundle \(bundle.path)") }
      do throws(SystemError) {
        try prepared.engine.forget(name, in: ground.directories)
        try bundle.remove()
      } catch {
        throw .cleanupFailed(
          sandboxID: name.sandboxID, reason: "`\(bundle.path)` or the engine's state could not be removed: \(error)")
      }
      return removed
    }
  }

  /// Ends what is in the control group, and the engine's own processes that never came so far.
  private func endProcesses(
    _ name: ContainerName, _ group: ControlGroup, _ prepared: Prepared
  ) async throws(SandboxError) -> [String] {
    let program = prepared.engine.path
    var count = 0
    for _ in 0..<Self.rounds {
      let making = Self.engineProcesses(of: name, program: program)
      let inside = group.processes
      guard !making.isEmpty || !inside.isEmpty else {
        ProcessTable.collect(ProcessTable.endedChildren(inControlGroup: group.path))
        return count == 0 ? [] : ["\(count) processes of \(name)"]
      }
      count += Set(making.map(\.processID)).union(inside).count
      for process in making { process.kill() }
      do throws(ControlGroupError) {
        try? group.thaw()
        for process in making { _ = await process.waitForExit() }
        try await group.killAll()
      } catch {
        throw .cleanupFailed(sandboxID: name.sandboxID, reason: "\(error)")
      }
    }
    throw .cleanupFailed(sandboxID: name.sandboxID, reason: "processes of \(name) start again and again")
  }

  /// Processes of the engine whose arguments hold the name, which is that of no other container.
  private static func engineProcesses(of name: ContainerName, program: String) -> [ProcessHandle] {
    let file = program.split(separator: "/").last.map(String.init) ?? program
    return ProcessTable.processes(naming: "\(name)").compactMap { number in
      guard let process = try? ProcessHandle(processID: number),
        ProcessTable.firstArgument(of: number)?.contains(file) == true
          || ProcessTable.name(of: number)?.contains(file) == true
      else { return nil }
      return process
    }
  }
}
