import SymbiontCore
import SymbiontResources

extension CgroupHierarchy {
  /// The path of a container's group in every tree.
  static func path(of name: ContainerName) -> String { "\(parent)/\(name)" }

  /// The group of a container.
  func group(of name: ContainerName) -> ControlGroup {
    ControlGroup(path: Self.path(of: name), hierarchy: self)
  }

  /// The directories of a container's group that exist.
  func directories(of name: ContainerName) -> [String] { group(of: name).directories }

  /// The names of all containers of an instance that have a group.
  func names(instance: String) -> Set<ContainerName> {
    Set(names().compactMap { ContainerName($0, instance: instance) })
  }

  /// The processes in a container's group, as the machine numbers them.
  func processes(of name: ContainerName) -> Set<Int32> { group(of: name).processes }

  /// The counters of a container's group; nothing when it is gone.
  func usage(of name: ContainerName) -> ControlGroupCounters {
    (try? group(of: name).counters()) ?? ControlGroupCounters()
  }

  /// Kills what still runs in a container's group, and removes the group.
  ///
  /// This is for containers that the engine does not know, because it was killed while it made them; after the engine's
  /// own removal there is nothing left to do.
  func clear(_ name: ContainerName) async throws(SandboxError) {
    let group = group(of: name)
    do throws(ControlGroupError) {
      guard group.exists else { return }
      try await group.killAll()
      try await group.remove()
    } catch {
      throw .cleanupFailed(sandboxID: name.sandboxID, reason: "\(error)")
    }
  }
}
