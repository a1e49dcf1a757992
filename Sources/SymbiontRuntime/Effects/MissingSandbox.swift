internal import SymbiontCore
internal import SymbiontSandbox

/// Stands where no sandbox was configured: it refuses every command.
struct MissingSandbox: CommandSandbox {
  private var refusal: SandboxError {
    .engineMissing(engine: "runc", hint: "configure a sandbox for the runtime")
  }

  func prepareWorkspace(_ path: String) async throws(SandboxError) { throw refusal }

  func run(_ command: SandboxCommand) async throws(SandboxError) -> CommandResult { throw refusal }

  func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID] { [] }

  func reapAll(except sandboxIDs: Set<SandboxID>) async throws(SandboxError) -> [SandboxID] { [] }

  func probe() async -> SandboxProbe {
    SandboxProbe(engine: "none", failure: "no sandbox is configured")
  }
}
