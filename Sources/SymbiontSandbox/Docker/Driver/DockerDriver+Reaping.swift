public import SymbiontCore

extension DockerDriver {
  /// The sandboxes of this instance that have a container, running or not, or layers that are put together.
  ///
  /// Where no engine is installed there are no containers.
  public func survivors() async throws(SandboxError) -> Set<SandboxID> {
    let layered = try await layeredSandboxes()
    return Set(try await containers().compactMap { DockerLabels.sandboxID($0) }).union(layered)
  }

  /// Kills and removes the containers of these sandboxes.
  public func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID: [String]] {
    let wanted = Set(sandboxIDs)
    var removed: [SandboxID: [String]] = [:]
    for container in try await containers() {
      guard let sandboxID = DockerLabels.sandboxID(container), wanted.contains(sandboxID) else { continue }
      let client = try await connection.engine().client
      do throws(DockerError) {
        guard try await client.removeContainer(container.containerID) else { continue }
      } catch {
        throw .cleanupFailed(sandboxID: sandboxID, reason: error.description)
      }
      let name = ContainerName(instance: configuration.instance, sandboxID: sandboxID)
      removed[sandboxID, default: []].append("container `\(name)` of the Docker Engine")
    }
    for sandboxID in try await layeredSandboxes().intersection(wanted) {
      let assembly = DockerRootAssembly(
        name: ContainerName(instance: configuration.instance, sandboxID: sandboxID), configuration: configuration)
      try await BlockingWork.perform { () throws(SandboxError) in try assembly.remove() }
      removed[sandboxID, default: []].append("mount `\(assembly.directory)`")
    }
    return removed
  }

  private func containers() async throws(SandboxError) -> [DockerListedContainer] {
    guard let engine = try await connection.engineIfPresent() else { return [] }
    do throws(DockerError) {
      return try await engine.client.listContainers(labels: labels.common)
    } catch {
      throw error.sandboxError(self.engine)
    }
  }

  private func layeredSandboxes() async throws(SandboxError) -> Set<SandboxID> {
    try await BlockingWork.perform { [configuration] () throws(SandboxError) in
      Set(DockerRootAssembly.names(configuration).map(\.sandboxID))
    }
  }
}
