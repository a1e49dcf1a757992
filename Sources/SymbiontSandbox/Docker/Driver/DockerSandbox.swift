import SymbiontCore
import SymbiontSystem

/// A container of the Docker Engine that runs the guest.
final class DockerSandbox: LaunchedSandbox {
  let controlGroupPath: String?
  let commandUserID: UInt32

  private let sandboxID: SandboxID
  private let containerID: String
  private let attachment: DockerAttachment
  private let assembly: DockerRootAssembly
  private let client: DockerClient
  private let kind: SandboxEngine

  init(
    sandboxID: SandboxID, containerID: String, attachment: DockerAttachment, assembly: DockerRootAssembly,
    engine: DockerEngine, kind: SandboxEngine, commandUserID: UInt32
  ) {
    self.sandboxID = sandboxID
    self.containerID = containerID
    self.attachment = attachment
    self.assembly = assembly
    client = engine.client
    self.kind = kind
    self.commandUserID = commandUserID
    controlGroupPath = engine.information.controlGroupPath(of: containerID)
  }

  var channel: GuestChannel { attachment.channel }

  func pause() async throws(SandboxError) {
    try await asking { () throws(DockerError) in try await client.pauseContainer(containerID) }
  }

  func resume() async throws(SandboxError) {
    try await asking { () throws(DockerError) in try await client.unpauseContainer(containerID) }
  }

  func saveMemory(to directory: String) async throws(SandboxError) {
    throw .engineFailed(engine: kind.rawValue, reason: "it cannot save the memory of a sandbox")
  }

  func update(_ limits: SandboxLimits) async throws(SandboxError) {
    let resources = DockerResources(limits, engine: kind)
    try await asking { () throws(DockerError) in try await client.updateContainer(containerID, resources) }
  }

  func waitForEnd() async -> SandboxEnding {
    do throws(DockerError) {
      let answer = try await client.waitForContainer(containerID)
      let state = try? await client.inspectContainer(containerID).state
      return SandboxEnding(reason: Self.reason(answer, state, log: attachment.log))
    } catch {
      if error.status == Self.notFound { return SandboxEnding(reason: "its container was removed") }
      return SandboxEnding(reason: "the Docker Engine no longer tells: \(error)")
    }
  }

  func destroy() async throws(SandboxError) {
    await attachment.close()
    do throws(DockerError) {
      try await client.removeContainer(containerID)
    } catch {
      throw .cleanupFailed(sandboxID: sandboxID, reason: error.description)
    }
    try await BlockingWork.perform { [assembly] () throws(SandboxError) in try assembly.remove() }
  }

  private static let notFound = 404

  private static func reason(
    _ answer: DockerWaitAnswer, _ state: DockerInspectedContainer.State?, log: AttachLog
  ) -> String {
    var reasons = ["its first process ended with code \(answer.statusCode)"]
    if state?.wasOutOfMemory == true { reasons.append("a process was killed because memory was out") }
    if let message = answer.error?.message ?? state?.error, !message.isEmpty { reasons.append(message) }
    if let line = log.lastLine { reasons.append("it last said `\(line)`") }
    return reasons.joined(separator: "; ")
  }

  private func asking(_ body: () async throws(DockerError) -> Void) async throws(SandboxError) {
    do throws(DockerError) {
      try await body()
    } catch {
      if error.status == Self.notFound { throw .sandboxNotFound(sandboxID: sandboxID) }
      throw error.sandboxError(kind)
    }
  }
}
