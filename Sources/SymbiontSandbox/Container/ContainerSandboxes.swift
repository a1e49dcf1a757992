import Logging
import SymbiontCore
import SymbiontResources
import SymbiontSystem

/// Sandboxes that are containers of one engine on this machine: what all such engines have in common.
final class ContainerSandboxes: Sendable {
  let engine: SandboxEngine
  let configuration: ContainerConfiguration
  let logger: Logger
  private let find: @Sendable (ContainerConfiguration) async throws(SandboxError) -> any ContainerEngine
  private let preparation: SharedPreparation<Prepared>

  /// The program and the directories.
  struct Prepared: Sendable {
    let engine: any ContainerEngine
    let ground: ContainerGround
  }

  /// Nothing is looked for or written before it is used.
  init(
    _ engine: SandboxEngine, _ configuration: ContainerConfiguration, logger: Logger,
    find: @escaping @Sendable (ContainerConfiguration) async throws(SandboxError) -> any ContainerEngine
  ) {
    self.engine = engine
    self.configuration = configuration
    self.logger = logger
    self.find = find
    preparation = SharedPreparation { () throws(SandboxError) in
      let program = try await find(configuration)
      var ground = try await BlockingWork.perform { () throws(SandboxError) in
        try ContainerGround(configuration, engine: engine)
      }
      do throws(SandboxError) {
        ground.orphanGuard = try await OrphanGuards.shared.guarding(ground.hierarchy, instance: configuration.instance)
      } catch {
        // The reaping of the next start does the same, only later.
        logger.warning("\(error.message)")
      }
      return Prepared(engine: program, ground: ground)
    }
  }

  func prepared() async throws(SandboxError) -> Prepared { try await preparation.value() }

  /// Finds the program alone.
  func program() async throws(SandboxError) -> any ContainerEngine { try await find(configuration) }

  /// Starts a sandbox; when it throws, nothing is left.
  func launch(_ launch: SandboxLaunch) async throws(SandboxError) -> any LaunchedSandbox {
    guard launch.memorySnapshot == nil else {
      throw .configurationInvalid(reason: "`\(engine.rawValue)` cannot restore the memory of a sandbox")
    }
    guard !Task.isCancelled else { throw .cancelled(operation: "launch") }
    let prepared = try await prepared()
    let name = ContainerName(instance: configuration.instance, sandboxID: launch.sandboxID)
    let bundle = prepared.ground.bundle(of: name)
    let processes = prepared.engine.machineProcesses(for: launch.limits.processes)
    try await BlockingWork.perform { () throws(SandboxError) in try bundle.create(sandboxID: launch.sandboxID) }
    do throws(SandboxError) {
      let order = try await BlockingWork.perform { () throws(SandboxError) in
        try Self.order(launch, name, bundle, prepared.ground, machineProcesses: processes)
      }
      let log = GuestLog(order.streams.log)
      let started: StartedContainer
      do throws(SandboxError) {
        started = try await prepared.engine.start(order)
      } catch {
        throw await Self.explained(error, log)
      }
      let container = LaunchedContainer(
        name: name, launch: launch, started: started, streams: order.streams, log: log, prepared: prepared,
        sandboxes: self)
      guard !Task.isCancelled else { throw .cancelled(operation: "launch") }
      return container
    } catch {
      await cleanUp(name, prepared)
      throw error
    }
  }

  /// Makes the control group, so that every limit is in place before the first process is there.
  private static func order(
    _ launch: SandboxLaunch, _ name: ContainerName, _ bundle: ContainerBundle, _ ground: ContainerGround,
    machineProcesses: Int
  ) throws(SandboxError) -> ContainerOrder {
    let content = try ground.content(of: launch, bundle: bundle)
    if content.hosts != nil {
      try bundle.write(Array(launch.hostsText.utf8), to: bundle.hostsPath, mode: ContainerBundle.sharedFileMode)
    }
    let group = ground.group(of: name)
    do throws(ControlGroupError) {
      try group.create()
      try group.apply(
        launch.limits.controlGroupLimits(
          processes: machineProcesses, files: content.limitedFiles, unenforced: launch.unenforced))
    } catch {
      throw error.sandboxError(starting: launch.sandboxID)
    }
    return ContainerOrder(
      launch: launch, name: name, bundle: bundle, group: group.path, streams: try GuestStreams(), content: content,
      ground: ground)
  }

  /// Some engines say why they failed only where the first process would have printed.
  private static func explained(_ error: SandboxError, _ log: GuestLog) async -> SandboxError {
    guard case .startFailed(let reason) = error else { return error }
    let text = await log.text()
    return text.isEmpty ? error : .startFailed(reason: "\(reason); the engine printed: \(text)")
  }

  /// Removes what a failed launch left, in a task of its own, which the caller's cancellation does not reach.
  private func cleanUp(_ name: ContainerName, _ prepared: Prepared) async {
    await Task {
      do throws(SandboxError) {
        _ = try await self.remove(name, prepared)
      } catch {
        self.logger.error("\(error.message)", metadata: ["sandbox": "\(name.sandboxID)"])
      }
    }.value
  }
}
