internal import SymbiontCore
internal import SymbiontSandbox

/// Shows, once for each tier with its limits, that commands are kept to them, before an agent counts as started.
///
/// What was shown holds as long as the runtime lives: each sandbox is attested again when it is started. What failed is
/// tried anew at the next start, because the machine may have been mended.
actor StartAttestation {
  /// What was shown is remembered for so many tiers with limits; then all of it is shown anew.
  private static let maximumRemembered = 4_096

  private struct Promise: Hashable {
    var tier: SecurityTier
    var limits: ResourceLimits
  }

  private let sandbox: any CommandSandbox
  private let processes: Int
  private var shown: Set<Promise> = []
  private var current: [Promise: Task<Result<Void, SandboxError>, Never>] = [:]

  init(_ sandbox: any CommandSandbox, processes: Int) {
    self.sandbox = sandbox
    self.processes = processes
  }

  /// Shows it, or waits for another start that does.
  ///
  /// - Throws: Why commands cannot be run with these limits.
  func attest(_ tier: SecurityTier, _ limits: ResourceLimits) async throws(SandboxError) {
    let promise = Promise(tier: tier, limits: limits)
    guard !shown.contains(promise) else { return }
    let task =
      current[promise]
      ?? Task { [sandbox, processes] in
        do throws(SandboxError) {
          return .success(try await sandbox.attest(tier, limits: limits, processes: processes))
        } catch {
          return .failure(error)
        }
      }
    current[promise] = task
    let result = await task.value
    if current[promise] == task {
      current[promise] = nil
      if case .success = result {
        if shown.count >= Self.maximumRemembered { shown = [] }
        shown.insert(promise)
      }
    }
    try result.get()
  }
}
