import SymbiontCore
import SymbiontSystem

@testable import SymbiontSandbox

/// A guest without a sandbox around it, for checks of the guest alone.
struct PlainSandbox: LaunchedSandbox {
  let channel: GuestChannel
  let process: ProcessHandle

  var controlGroupPath: String? { nil }

  private static let refusal = SandboxError.configurationInvalid(reason: "a plain process has no sandbox")

  func pause() async throws(SandboxError) { throw Self.refusal }
  func resume() async throws(SandboxError) { throw Self.refusal }
  func saveMemory(to directory: String) async throws(SandboxError) { throw Self.refusal }
  func update(_ limits: SandboxLimits) async throws(SandboxError) { throw Self.refusal }

  func waitForEnd() async -> SandboxEnding {
    SandboxEnding(reason: "\(String(describing: await process.waitForExit()))")
  }

  func destroy() async throws(SandboxError) { process.kill() }
}
