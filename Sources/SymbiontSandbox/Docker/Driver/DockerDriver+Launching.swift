import Logging
public import SymbiontCore
import SymbiontSystem

extension DockerDriver {
  private static let conflict = 409
  private static let notFound = 404

  /// Starts a container whose first process is the guest, and connects its standard streams.
  public func launch(_ launch: SandboxLaunch) async throws(SandboxError) -> any LaunchedSandbox {
    guard !Task.isCancelled else { throw .cancelled(operation: "launch") }
    // In a task of its own, which the caller's cancellation does not reach: a call to the engine that is given up half-way
    // may still have its effect.
    let step = Task { () -> Result<DockerSandbox, SandboxError> in
      do throws(SandboxError) {
        return .success(try await start(launch))
      } catch {
        return .failure(error)
      }
    }
    let sandbox = try await step.value.get()
    guard !Task.isCancelled else {
      await discard(launch.sandboxID) { () throws(SandboxError) in try await sandbox.destroy() }
      throw .cancelled(operation: "launch")
    }
    return sandbox
  }

  private func start(_ launch: SandboxLaunch) async throws(SandboxError) -> DockerSandbox {
    let engine = try await connection.engine()
    let workspace = try Self.workspace(of: launch)
    try Self.check(launch, engine.information, kind: self.engine)
    let guest = try guestPath()
    let name = ContainerName(instance: configuration.instance, sandboxID: launch.sandboxID)
    let assembly = DockerRootAssembly(name: name, configuration: configuration)
    let root = try await BlockingWork.perform { () throws(SandboxError) in try assembly.make(launch) }
    do throws(SandboxError) {
      let image = try Self.image(of: root)
      let request = try DockerContainerRequest(
        launch, engine: self.engine, root: root, image: image.reference, guest: guest, workspace: workspace,
        labels: labels.labels(of: launch), information: engine.information)
      let containerID = try await create(request, image: image, name: name, engine.client)
      let attachment = try await run(containerID, name, engine.client)
      return DockerSandbox(
        sandboxID: launch.sandboxID, containerID: containerID, attachment: attachment, assembly: assembly,
        engine: engine, kind: self.engine, commandUserID: configuration.commandUserID)
    } catch {
      await discard(launch.sandboxID) { () throws(SandboxError) in
        try await BlockingWork.perform { () throws(SandboxError) in try assembly.remove() }
      }
      throw error
    }
  }

  private func guestPath() throws(SandboxError) -> String {
    if let path = configuration.guestPath { return path }
    return try GuestProgram.locate()
  }

  /// Makes the container; when it throws there is none.
  private func create(
    _ request: DockerContainerRequest, image: DockerBaseImage, name: ContainerName, _ client: DockerClient
  ) async throws(SandboxError) -> String {
    do throws(DockerError) {
      try await connection.provide(image, client)
      let container: DockerCreatedContainer
      do throws(DockerError) {
        container = try await client.createContainer(request, name: name.description)
      } catch {
        guard error.status == Self.notFound else { throw error }
        // Somebody removed the image since it was seen.
        await connection.forgetImages()
        try await connection.provide(image, client)
        container = try await client.createContainer(request, name: name.description)
      }
      for warning in container.warnings ?? [] {
        logger.warning("\(warning)", metadata: ["sandbox": "\(name.sandboxID)"])
      }
      return container.containerID
    } catch {
      guard error.status != Self.conflict else { throw .sandboxAlreadyExists(sandboxID: name.sandboxID) }
      await remove(name, client)
      throw startError(error)
    }
  }

  /// Connects the streams of a container and starts it; when it throws the container is gone.
  private func run(
    _ containerID: String, _ name: ContainerName, _ client: DockerClient
  ) async throws(SandboxError) -> DockerAttachment {
    do throws(DockerError) {
      let attachment = try await DockerAttachment.open(containerID, client: client)
      try await client.startContainer(containerID)
      return attachment
    } catch {
      await remove(name, client)
      throw startError(error)
    }
  }

  private func startError(_ error: DockerError) -> SandboxError {
    guard case .refused(_, _, let message) = error else { return error.sandboxError(engine) }
    return .startFailed(reason: "the Docker Engine refused it: \(message)")
  }

  private func remove(_ name: ContainerName, _ client: DockerClient) async {
    await discard(name.sandboxID) { () throws(SandboxError) in
      do throws(DockerError) {
        try await client.removeContainer(name.description)
      } catch {
        throw error.sandboxError(engine)
      }
    }
  }

  /// Removes something after a failure; what cannot be removed is logged and left for the next reaping, because the
  /// failure is worth more than an error about its remains.
  private func discard(_ sandboxID: SandboxID, _ body: () async throws(SandboxError) -> Void) async {
    do throws(SandboxError) {
      try await body()
    } catch {
      logger.error("\(error.message)", metadata: ["sandbox": "\(sandboxID)"])
    }
  }
}
