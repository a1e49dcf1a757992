import Logging
import SymbiontCore
import SymbiontSandbox
import SymbiontStore
import SymbiontSystem

/// Does what `symbi sandbox` commands ask for, for callers of this process and of others.
struct SandboxService: Sendable {
  let orchestrator: DefaultSandboxOrchestrator
  private let store: Store
  /// What the sandboxes kept outside of a throw-away directory; nil when it is for the next owner of the directory.
  private let throwAwayState: String?

  private init(orchestrator: DefaultSandboxOrchestrator, store: Store, isThrowAway: Bool) {
    self.orchestrator = orchestrator
    self.store = store
    throwAwayState = isThrowAway ? orchestrator.configuration.stateDirectory : nil
  }

  /// How the sandboxes of a data directory are made.
  static func configuration(_ directory: String) -> SandboxOrchestratorConfiguration {
    SandboxOrchestratorConfiguration(
      instance: DataInstance.name(of: directory), dataDirectory: "\(directory)/sandboxes")
  }

  /// Opens the sandboxes of a data directory, and removes what a dead owner of it left.
  ///
  /// - Parameter isThrowAway: Whether nothing of it has to outlive this process, so that its rows are kept in memory.
  static func open(_ directory: RunDirectory, logger: Logger) async throws(CommandFailure) -> SandboxService {
    do {
      let durability: StoreConfiguration.Durability =
        directory.isThrowAway ? .memory : .disk(directory: directory.path)
      let store = try Store.open(StoreConfiguration(durability: durability))
      let orchestrator = DefaultSandboxOrchestrator(configuration(directory.path), store: store, logger: logger)
      let service = SandboxService(orchestrator: orchestrator, store: store, isThrowAway: directory.isThrowAway)
      if !directory.isThrowAway {
        // The lock of the data directory is ours, so whoever listened there is dead.
        HostSocket.remove(directory.path)
        await service.reap()
      }
      return service
    } catch {
      throw CommandFailure(error)
    }
  }

  private func reap() async {
    let report = await orchestrator.reapAll()
    guard !report.isEmpty else { return }
    StandardStream.errors.write(
      "removed what \(report.removed.count) sandboxes of a dead runtime left\n"
        + report.removed.sorted { $0.key < $1.key }.map { id, objects in
          "\(id): \(TerminalText.printable(objects.joined(separator: ", ")))\n"
        }.joined()
        + report.failures.map { "could not be removed: \(TerminalText.printable($0))\n" }.joined())
  }

  /// Destroys every sandbox and gives the data directory free.
  func close() async {
    await orchestrator.shutdown()
    await store.close()
    if let throwAwayState { RunDirectory.remove(throwAwayState) }
  }

  /// Does what is asked; errors are in the answer.
  ///
  /// - Parameters:
  ///   - streams: The streams of the command that is run, for requests that run one.
  ///   - orders: What is said about it while it runs; the end of it is the end of the caller.
  func handle(
    _ request: HostRequest, streams: CommandRelay.Streams?, orders: AsyncStream<HostOrder>
  ) async -> HostReply {
    guard request.version == HostRequest.currentVersion else {
      return HostReply(
        .configurationInvalid(
          reason: "the owner of the sandboxes speaks version \(HostRequest.currentVersion), not \(request.version)"))
    }
    do throws(SandboxError) {
      var reply = HostReply()
      switch request.operation {
      case .run: return try await run(request, streams, orders)
      case .exec:
        reply.exit = try await execute(try request.sandbox(), request, streams, orders)
      case .list: reply.sandboxes = orchestrator.list()
      case .logs: reply.lines = try orchestrator.logs(try request.sandbox()).lines
      case .usage: reply.usage = try await orchestrator.usage(try request.sandbox())
      case .snapshot:
        reply.snapshotID = try await orchestrator.snapshot(try request.sandbox(), name: request.name ?? "snapshot")
      case .restore: reply.sandboxIDs = [try await orchestrator.restore(try request.snapshot())]
      case .fork:
        reply.sandboxIDs = try await orchestrator.fork(try request.sandbox(), count: request.count ?? 1)
      case .remove: try await orchestrator.destroySandbox(try request.sandbox())
      case .upload:
        let paths = try request.paths()
        try await orchestrator.uploadFile(try request.sandbox(), localPath: paths.local, remotePath: paths.remote)
      case .download:
        let paths = try request.paths()
        try await orchestrator.downloadFile(try request.sandbox(), remotePath: paths.remote, localPath: paths.local)
      case .snapshots: reply.snapshots = await orchestrator.listSnapshots()
      case .removeSnapshot: try await orchestrator.removeSnapshot(try request.snapshot())
      }
      return reply
    } catch {
      return HostReply(error)
    }
  }

  /// Makes a sandbox and runs a command in it; it is destroyed after it unless it is to stay.
  private func run(
    _ request: HostRequest, _ streams: CommandRelay.Streams?, _ orders: AsyncStream<HostOrder>
  ) async throws(SandboxError) -> HostReply {
    guard let config = request.config, let options = request.options else {
      throw .configurationInvalid(reason: "the request has no configuration")
    }
    let sandboxID = try await orchestrator.createSandbox(config, options)
    var reply = HostReply()
    reply.sandboxIDs = [sandboxID]
    do throws(SandboxError) {
      try await orchestrator.startSandbox(sandboxID)
      if request.isDetached {
        if let command = request.command, !command.arguments.isEmpty { try await detach(sandboxID, command) }
        return reply
      }
      reply.exit = try await execute(sandboxID, request, streams, orders)
    } catch {
      try? await destroy(sandboxID)
      throw error
    }
    try await destroy(sandboxID)
    return reply
  }

  private func destroy(_ sandboxID: SandboxID) async throws(SandboxError) {
    // In a task of its own, which the cancellation of the caller does not reach.
    let failure = await Task { () -> SandboxError? in
      do throws(SandboxError) { try await orchestrator.destroySandbox(sandboxID) } catch { return error }
      return nil
    }.value
    if let failure { throw failure }
  }

  /// Starts a command that outlives its caller; what it prints goes to the sandbox's log.
  private func detach(_ sandboxID: SandboxID, _ command: HostCommand) async throws(SandboxError) {
    let process = try await orchestrator.open(sandboxID, command.request(hasInput: false))
    orchestrator.follow(process, of: sandboxID)
  }

  private func execute(
    _ sandboxID: SandboxID, _ request: HostRequest, _ streams: CommandRelay.Streams?,
    _ orders: AsyncStream<HostOrder>
  ) async throws(SandboxError) -> HostReply.Exit {
    guard let command = request.command, let streams else {
      throw .commandInvalid(reason: "it names no program: give it after `--`")
    }
    let before = try await orchestrator.usage(sandboxID)
    let process = try await orchestrator.open(sandboxID, command.request(hasInput: true))
    let ending: ProcessEnding
    do throws(SandboxError) {
      ending = try await CommandRelay(process: process, streams: streams).run(orders: orders)
    } catch { throw await orchestrator.explained(error, of: sandboxID) }
    // The sandbox may have ended with its command; then nothing counts any more.
    let after = (try? await orchestrator.usage(sandboxID)) ?? before
    return HostReply.Exit(
      code: ending.exitCode, timedOut: ending.timedOut, violations: after.violations(since: before))
  }
}

extension HostCommand {
  func request(hasInput: Bool) -> ExecutionRequest {
    ExecutionRequest(
      arguments: arguments, environment: environment, terminal: terminal, timeout: timeout, hasInput: hasInput)
  }
}

extension HostRequest {
  func sandbox() throws(SandboxError) -> SandboxID {
    guard let sandboxID else { throw .configurationInvalid(reason: "the request names no sandbox") }
    return sandboxID
  }

  func snapshot() throws(SandboxError) -> SnapshotID {
    guard let snapshotID else { throw .configurationInvalid(reason: "the request names no snapshot") }
    return snapshotID
  }

  func paths() throws(SandboxError) -> (local: String, remote: String) {
    guard let localPath, let remotePath else { throw .configurationInvalid(reason: "the request names no files") }
    return (localPath, remotePath)
  }
}
