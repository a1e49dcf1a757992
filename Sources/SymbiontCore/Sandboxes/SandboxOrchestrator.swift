/// Makes and uses the sandboxes in which the commands of agents run (specification, "Sandbox Orchestrator").
///
/// Every method that names a sandbox throws ``SandboxError/sandboxNotFound(sandboxID:)`` when there is none of that id.
public protocol SandboxOrchestrator: Sendable {
  /// Makes a sandbox of the tier asked for, never of a weaker one; nothing runs in it yet.
  func createSandbox(_ config: SandboxConfig) async throws(SandboxError) -> SandboxID

  /// Starts the sandbox, with its limits in place.
  func startSandbox(_ sandboxID: SandboxID) async throws(SandboxError)

  /// Ends everything that runs in the sandbox; its files are kept.
  func stopSandbox(_ sandboxID: SandboxID) async throws(SandboxError)

  /// Stops the sandbox and removes all of it.
  func destroySandbox(_ sandboxID: SandboxID) async throws(SandboxError)

  /// Where the sandbox is in its life.
  func getSandboxStatus(_ sandboxID: SandboxID) async throws(SandboxError) -> SandboxStatus

  /// Runs a command with its arguments, never through a shell, and returns when it has ended.
  func executeCommand(
    _ sandboxID: SandboxID, command: String, arguments: [String]
  ) async throws(SandboxError) -> CommandResult

  /// Copies a file of the machine into the sandbox.
  func uploadFile(_ sandboxID: SandboxID, localPath: String, remotePath: String) async throws(SandboxError)

  /// Copies a file of the sandbox to the machine.
  func downloadFile(_ sandboxID: SandboxID, remotePath: String, localPath: String) async throws(SandboxError)
}
