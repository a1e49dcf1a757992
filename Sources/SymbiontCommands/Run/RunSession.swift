import Logging
import SymbiontCore
import SymbiontLanguage
import SymbiontMessaging
import SymbiontRuntime
import SymbiontSandbox
import SymbiontStore

/// How a run ended.
enum RunEnd: Sendable {
  /// The execution ended.
  case ended(ExecutionID, ExecutionOutcome)
  /// A signal stopped it; the execution goes on at the next run.
  case interrupted(ExecutionID)
  /// The runtime could not go on.
  case stopped(ExecutionID, CommandFailure)
}

/// One run: a runtime on the data directory, one execution, and everything that this starts.
struct RunSession: Sendable {
  let source: SourceText
  let target: RunTarget
  let directory: RunDirectory
  let crashPlan: CrashPlan?
  let display: ProgressDisplay
  /// Whether commands run although some of their limits cannot be enforced.
  let allowsUnenforcedLimits: Bool
  /// The size of each agent's workspace; nil for no limit.
  let workspaceMegabytes: Int?
  /// The key that wraps the keys of agents; nil for that of the data directory.
  let masterKey: MasterKeySource?
  /// How to go on with an execution; nil when nothing is kept.
  let resumeCommand: @Sendable (ExecutionID) -> String?

  /// What the tasks of a run report.
  private enum Event: Sendable {
    case ended(Result<ExecutionOutcome, ExecutionError>)
    case runtimeEnded((any Error)?)
    case signalled(Bool)
  }

  /// Where the sandbox keeps what its containers need.
  var sandboxState: String? {
    RuntimeConfiguration(dataDirectory: directory.path).orchestrator?.stateDirectory
  }

  /// Runs until the execution has ended or a signal came, and closes the data directory.
  func run() async throws -> RunEnd {
    let signals = SignalWatch()
    let (runtime, feed) = try await open()
    let id: ExecutionID
    do { id = try await begin(runtime) } catch {
      await runtime.shutdown()
      throw error
    }
    let end = await withTaskGroup(of: Void.self) { group in
      group.addTask { await feed.run(id, runtime.journal) }
      let end = await follow(id, runtime, signals)
      feed.end()
      await group.waitForAll()
      return end
    }
    try crashPlan?.writeCounts()
    return end
  }

  private func open() async throws -> (Runtime, ProgressFeed) {
    let display = display
    var configuration = RuntimeConfiguration(
      dataDirectory: directory.path,
      logger: Logger(label: "symbi") { _ in ProgressLog(display: display) })
    let note = stuckNote
    let feed = ProgressFeed(display: display, stuckNote: note)
    configuration.observer = { feed.take($0) }
    configuration.store.observer = crashPlan
    configuration.performObserver = crashPlan
    configuration.allowsUnenforcedLimits = allowsUnenforcedLimits
    configuration.workspaceMegabytes = workspaceMegabytes
    if let masterKey { configuration.masterKey = masterKey }
    let runtime: Runtime
    do { runtime = try await Runtime.open(configuration) } catch { throw CommandFailure(error) }
    try directory.makeWorkspaceRoot(configuration.workspaceRoot)
    return (runtime, feed)
  }

  private var stuckNote: @Sendable () -> String {
    let kept = !directory.isThrowAway
    return {
      "waiting for a message that nothing here sends; Ctrl-C stops"
        + (kept ? " and shows how to go on later" : " (use --data DIR to be able to go on later)")
    }
  }

  /// Deploys the program and calls the agent, or names the execution to go on with.
  private func begin(_ runtime: Runtime) async throws -> ExecutionID {
    let agents: [AgentInstance]
    do { agents = try await runtime.deploy(source) } catch { throw CommandFailure(error as any CodedError) }
    switch target {
    case .resume(let id), .finished(let id, _): return id
    case .call(let chosen, let input, let files):
      guard let agent = agents.first(where: { $0.config.name == chosen.name }) else {
        throw CommandFailure(.agentUnknown, "agent `\(chosen.name)` was not deployed", status: .failure)
      }
      if !files.isEmpty { try await copy(files, to: agent.id, of: runtime) }
      do { return try await runtime.execute(agent.id, input: input) } catch { throw CommandFailure(error) }
    }
  }

  private func copy(
    _ files: [(name: String, content: [UInt8])], to agent: AgentID, of runtime: Runtime
  ) async throws {
    do throws(SandboxError) {
      let workspace = try await runtime.workspace(of: agent)
      for file in files { try await WorkspaceFiles(directory: workspace).write(file.name, file.content) }
    } catch {
      throw CommandFailure(error as any CodedError, status: .usage)
    }
  }

  /// Waits for the outcome while the runtime runs; then stops the runtime and waits for its end.
  private func follow(_ id: ExecutionID, _ runtime: Runtime, _ signals: SignalWatch) async -> RunEnd {
    await withTaskGroup(of: Event.self) { group in
      group.addTask {
        do { try await runtime.run() } catch { return .runtimeEnded(error) }
        return .runtimeEnded(nil)
      }
      let outcome: @Sendable () async -> Event = {
        do throws(ExecutionError) { return .ended(.success(try await runtime.outcome(of: id))) } catch {
          return .ended(.failure(error))
        }
      }
      group.addTask { await outcome() }
      group.addTask { .signalled(await signals.wait()) }
      var end: RunEnd?
      var isInterrupted = false
      for await event in group {
        switch event {
        case .signalled(false): continue
        case .signalled(true):
          isInterrupted = true
          display.note("stopping after the effects that are under way; Ctrl-C again ends them")
          await runtime.shutdown()
        case .ended(.success(let outcome)):
          end = .ended(id, outcome)
          await runtime.shutdown()
        case .ended(.failure(let error)):
          end = end ?? (isInterrupted ? .interrupted(id) : .stopped(id, CommandFailure(error)))
          await runtime.shutdown()
        case .runtimeEnded(let error):
          if let error, end == nil, !isInterrupted { end = .stopped(id, Self.failure(error)) }
          group.cancelAll()
        }
      }
      return end ?? .interrupted(id)
    }
  }

  private static func failure(_ error: any Error) -> CommandFailure {
    switch error {
    case let error as StoreError: CommandFailure(error)
    case let error as any CodedError: CommandFailure(error)
    default: CommandFailure(code: RuntimeError.internalCode, message: "\(error)", status: .failure)
    }
  }
}
