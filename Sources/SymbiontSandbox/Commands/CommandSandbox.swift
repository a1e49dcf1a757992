import FoundationEssentials
import Glibc
public import SymbiontCore

/// Runs the commands of agents, each confined to a sandbox of its own that shares the agent's workspace.
///
/// A sandbox lives as long as its command: an agent that waits holds none.
public protocol CommandSandbox: Sendable {
  /// Makes a directory an agent's workspace: creates it if it is missing, and gives it to the user as which commands
  /// run. Doing it again changes nothing.
  ///
  /// - Throws: ``SandboxError/workspaceFailed(path:reason:)`` when it cannot be made.
  func prepareWorkspace(_ path: String) async throws(SandboxError)

  /// Removes an agent's workspace, with all its files; one that is not there is no error.
  func removeWorkspace(_ path: String) async throws(SandboxError)

  /// Gives back what the workspaces hold of the machine; their files stay. For the end of a runtime.
  func close() async

  /// Runs a command to its end and returns how it ended. A non-zero code, a signal, a timeout and a reached limit are
  /// results.
  ///
  /// When the calling task is cancelled the command and everything it started is killed.
  ///
  /// - Throws: A ``SandboxError``. After ``SandboxError/executionFailed(reason:)``,
  ///   ``SandboxError/outputTooLarge(stream:maximumBytes:)`` and ``SandboxError/cancelled(operation:)`` the command may
  ///   have had an effect; after every other one nothing ran.
  func run(_ command: SandboxCommand) async throws(SandboxError) -> CommandResult

  /// Shows that commands with these limits can be run on a tier: makes a sandbox of them, has a probe look in it at what
  /// is in force, and removes it.
  ///
  /// - Throws: ``SandboxError/limitUnenforceable(limit:reason:)`` for a limit that is not in force, and what tells why no
  ///   sandbox can be made.
  func attest(_ tier: SecurityTier, limits: ResourceLimits, processes: Int) async throws(SandboxError)

  /// Kills and removes what a runtime that died left of these sandboxes. Doing it again changes nothing.
  ///
  /// - Returns: Those of which something was left.
  /// - Throws: ``SandboxError/cleanupFailed(sandboxID:reason:)`` for the first that could not be removed, after all were
  ///   tried.
  @discardableResult
  func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID]

  /// Kills and removes everything that carries the mark of this sandbox's instance, but for the given sandboxes.
  ///
  /// - Returns: Those of which something was left.
  /// - Throws: As ``reap(_:)``.
  @discardableResult
  func reapAll(except sandboxIDs: Set<SandboxID>) async throws(SandboxError) -> [SandboxID]

  /// Shows, by running something against each of them, which promises of the sandbox hold on this machine.
  func probe() async -> SandboxProbe
}

extension CommandSandbox {
  /// Removes the directory.
  public func removeWorkspace(_ path: String) async throws(SandboxError) {
    try await BlockingWork.perform { () throws(SandboxError) in
      guard access(path, F_OK) == 0 else { return }
      do { try FileManager.default.removeItem(atPath: path) } catch {
        throw .workspaceFailed(path: path, reason: "it could not be removed: \(error)")
      }
    }
  }

  /// Does nothing: a plain directory holds nothing.
  public func close() async {}

  /// Promises nothing beforehand: each command then shows what holds for it.
  public func attest(_ tier: SecurityTier, limits: ResourceLimits, processes: Int) async throws(SandboxError) {}
}
