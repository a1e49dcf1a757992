public import SymbiontCore
import Synchronization

extension DefaultSandboxOrchestrator {
  /// Runs a command with its arguments, never through a shell, and returns when it has ended.
  ///
  /// It may run for the execution timeout of the sandbox's limits; each of its streams may have
  /// ``SandboxOrchestratorConfiguration/outputLimitBytes``.
  public func executeCommand(
    _ sandboxID: SandboxID, command: String, arguments: [String]
  ) async throws(SandboxError) -> CommandResult {
    let timeout = try entry(sandboxID).state.withLock { $0.limits.resources.executionTimeout }
    let request = ExecutionRequest(
      arguments: [command] + arguments, timeout: min(timeout, SandboxCommand.Bounds.timeout.upperBound))
    return try await run(sandboxID, request, outputLimit: configuration.outputLimitBytes)
  }

  /// Runs a command to its end, with its input, and keeps what it prints up to a limit for each stream.
  ///
  /// When the calling task is cancelled the command and everything that it started is killed.
  public func run(
    _ sandboxID: SandboxID, _ request: ExecutionRequest, input: [UInt8] = [], outputLimit: Int
  ) async throws(SandboxError) -> CommandResult {
    try await observe(sandboxID, request, input: input, outputLimit: outputLimit).result
  }

  /// Runs a command, and also returns what was counted for each limit that it reached.
  func observe(
    _ sandboxID: SandboxID, _ request: ExecutionRequest, input: [UInt8], outputLimit: Int
  ) async throws(SandboxError) -> (result: CommandResult, evidence: [ResourceKind: ResourceViolation.Evidence]) {
    let entry = try entry(sandboxID)
    let connection = try entry.connection(for: .execute)
    let before = try await counted(entry)
    var result: CommandResult
    do throws(SandboxError) {
      result = try await connection.run(prepared(request, entry), input: input, outputLimit: outputLimit)
    } catch { throw await explained(error, of: sandboxID) }
    entry.log.add(.standardOutput, String(decoding: result.standardOutput.suffix(Self.loggedBytes), as: UTF8.self))
    entry.log.add(.standardError, String(decoding: result.standardError.suffix(Self.loggedBytes), as: UTF8.self))
    // The sandbox may have ended with its command; then nothing counts any more.
    let after = (try? await counted(entry)) ?? before
    result.violations = after.violations(since: before)
    var evidence: [ResourceKind: ResourceViolation.Evidence] = [:]
    for resource in result.violations {
      evidence[resource] = after.evidence(of: resource, since: before, subject: "sandbox \(sandboxID)")
    }
    return (result, evidence)
  }

  /// What a command is compared by; only a virtual machine, and one whose workspace has a size, has to be asked.
  private func counted(_ entry: SandboxEntry) async throws(SandboxError) -> SandboxUsage {
    entry.tier == .tier3 || entry.options.hasWorkspaceLimit ? try await usage(of: entry) : entry.usage()
  }

  /// Adds to an error that came of the end of a sandbox why it ended, such as that memory was out.
  ///
  /// A sandbox whose first process gave up its connection ends at once; one that does not is ended.
  public func explained(_ error: SandboxError, of sandboxID: SandboxID) async -> SandboxError {
    guard case .executionFailed(let reason) = error,
      let running = try? entry(sandboxID).state.withLock({ $0.running }), !running.connection.isOpen
    else { return error }
    let timer = Task { [timeout = configuration.stopTimeout] in
      guard (try? await Task.sleep(for: timeout)) != nil else { return }
      try? await running.launched.destroy()
    }
    let ending = await running.launched.waitForEnd()
    timer.cancel()
    return .executionFailed(reason: "\(reason); \(ending.reason)")
  }

  /// Starts a command whose streams go on while it runs.
  public func open(_ sandboxID: SandboxID, _ request: ExecutionRequest) async throws(SandboxError) -> GuestProcess {
    let entry = try entry(sandboxID)
    return try await entry.connection(for: .execute).execute(prepared(request, entry))
  }

  /// Carries what a command prints to the sandbox's log, until it ends.
  ///
  /// It ends with the sandbox at the latest.
  public func follow(_ process: GuestProcess, of sandboxID: SandboxID) {
    guard let entry = try? entry(sandboxID) else { return }
    background { orchestrator in
      do throws(SandboxError) {
        for try await piece in process.output {
          let source = piece.stream == .standardError ? SandboxLogLine.Source.standardError : .standardOutput
          entry.log.add(source, String(decoding: piece.bytes, as: UTF8.self))
        }
        let ending = try await process.ending()
        orchestrator.log(entry, "a detached command ended with code \(ending.exitCode)")
      } catch {
        orchestrator.log(entry, "a detached command ended: \(error.message)")
      }
    }
  }

  /// How much of what a command printed goes to the log.
  private static let loggedBytes = 65_536

  /// Adds the environment of the sandbox; the command's own goes before.
  private func prepared(_ request: ExecutionRequest, _ entry: SandboxEntry) -> ExecutionRequest {
    var request = request
    request.environment.merge(entry.config.environmentVariables) { own, _ in own }
    return request
  }
}
