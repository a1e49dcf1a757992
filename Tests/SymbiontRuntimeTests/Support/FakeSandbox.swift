import SymbiontCore
import SymbiontSandbox
import Synchronization

/// A sandbox that answers commands with a closure and counts them.
///
/// Workspaces are never touched.
final class FakeSandbox: CommandSandbox {
  private let answer: @Sendable (SandboxCommand) async throws(SandboxError) -> CommandResult
  private let attestor: @Sendable (SecurityTier, ResourceLimits) async throws(SandboxError) -> Void
  private let seen = Mutex<[SandboxCommand]>([])
  private let attested = Mutex<[SecurityTier]>([])

  init(
    attesting: @escaping @Sendable (SecurityTier, ResourceLimits) async throws(SandboxError) -> Void = {
      (_, _) throws(SandboxError) in
    },
    _ answer: @escaping @Sendable (SandboxCommand) async throws(SandboxError) -> CommandResult
  ) {
    self.answer = answer
    attestor = attesting
  }

  /// Prints its arguments.
  convenience init() {
    self.init { command in
      CommandResult(exitCode: 0, standardOutput: Array(command.arguments.joined(separator: " ").utf8))
    }
  }

  var commands: [SandboxCommand] { seen.withLock { $0 } }
  /// The tiers that were attested, in order.
  var attestations: [SecurityTier] { attested.withLock { $0 } }

  func attest(_ tier: SecurityTier, limits: ResourceLimits, processes: Int) async throws(SandboxError) {
    attested.withLock { $0.append(tier) }
    try await attestor(tier, limits)
  }

  func prepareWorkspace(_ path: String) async throws(SandboxError) {}

  func run(_ command: SandboxCommand) async throws(SandboxError) -> CommandResult {
    seen.withLock { $0.append(command) }
    return try await answer(command)
  }

  func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID] { [] }

  func reapAll(except sandboxIDs: Set<SandboxID>) async throws(SandboxError) -> [SandboxID] { [] }

  func probe() async -> SandboxProbe { SandboxProbe(engine: "fake") }
}
