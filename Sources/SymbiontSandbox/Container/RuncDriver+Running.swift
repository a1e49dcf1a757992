import Glibc
import Logging
public import SymbiontCore
import SymbiontResources
import SymbiontSystem

extension RuncDriver {
  /// Makes a directory the workspace of an agent.
  public func prepareWorkspace(_ path: String) async throws(SandboxError) {
    try await BlockingWork.perform { [owner = configuration.owner] () throws(SandboxError) in
      try WorkspaceDirectory.prepare(path, owner: owner)
    }
  }

  /// Runs a command to its end in a container of its own.
  public func run(_ command: SandboxCommand) async throws(SandboxError) -> CommandResult {
    try await observe(command).result
  }

  /// Runs a command, and also returns what the kernel counted for it.
  func observe(_ command: SandboxCommand) async throws(SandboxError) -> (
    result: CommandResult, usage: ControlGroupCounters
  ) {
    try command.validate()
    guard command.tier <= .tier1 else {
      throw .tierUnavailable(tier: command.tier, reason: "this runtime runs its commands in containers of runc")
    }
    guard !Task.isCancelled else { throw .cancelled(operation: command.operation) }
    let prepared = try await prepared()
    let name = ContainerName(instance: configuration.instance, sandboxID: command.id)
    let bundle = ContainerBundle(of: name, in: configuration)
    let streams = try await BlockingWork.perform {
      [owner = configuration.owner, configuration] () throws(SandboxError) in
      try WorkspaceDirectory.prepare(command.workspace, owner: owner)
      let streams = try Self.streams(of: command, owner: owner)
      let specification = ContainerSpecification(command, name: name, root: prepared.root, configuration: configuration)
      try bundle.create(specification, sandboxID: command.id)
      return streams
    }
    do throws(SandboxError) {
      let ending = try await execute(command, streams, name: name, bundle: bundle, engine: prepared.engine)
      let usage = try await BlockingWork.perform { () throws(SandboxError) in prepared.cgroups.usage(of: name) }
      await cleanUp(name, bundle: bundle, prepared)
      return (try ending.result(of: command, violations: usage.violations), usage)
    } catch {
      await cleanUp(name, bundle: bundle, prepared)
      throw error
    }
  }

  private static func streams(of command: SandboxCommand, owner: WorkspaceOwner) throws(SandboxError) -> CommandStreams
  {
    do throws(SystemError) {
      return try CommandStreams(input: command.standardInput, owner: owner)
    } catch {
      throw .startFailed(reason: "the streams of the command could not be made: \(error)")
    }
  }

  private func execute(
    _ command: SandboxCommand, _ streams: CommandStreams, name: ContainerName, bundle: ContainerBundle,
    engine: RuncEngine
  ) async throws(SandboxError) -> CommandEnding {
    guard try await engine.create(name, bundle: bundle, streams: streams) else {
      throw EngineLog(path: bundle.logPath).error(starting: command.arguments[0])
    }
    guard !Task.isCancelled else { throw .cancelled(operation: command.operation) }
    let (process, release) = try await BlockingWork.perform { () throws(SandboxError) in
      let processID = try bundle.processID()
      do throws(SystemError) {
        return (try ProcessHandle(processID: processID), try engine.release(name))
      } catch {
        throw .startFailed(reason: "process \(processID) of the container could not be released: \(error)")
      }
    }
    defer { withExtendedLifetime(release) {} }
    return try await supervise(
      process, output: streams.output.readingEnd, error: streams.error.readingEnd, command: command)
  }

  /// Waits for the end of a running command, and kills it at its timeout, at its output limit, or when the caller is
  /// cancelled.
  private func supervise(
    _ process: ProcessHandle, output: Descriptor, error: Descriptor, command: SandboxCommand
  ) async throws(SandboxError) -> CommandEnding {
    let start = ContinuousClock.now
    let stop = StopSwitch(process)
    let collectors: [OutputCollector]
    do throws(SystemError) {
      collectors = try [output, error].map { stream throws(SystemError) in
        try OutputCollector(stream, maximumBytes: command.outputLimitBytes) { stop.stop(.outputLimit) }
      }
    } catch {
      stop.stop(.cancelled)
      _ = await process.waitForExit()
      throw .executionFailed(reason: "what the command prints cannot be read: \(error)")
    }
    let status = await withTaskCancellationHandler {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          guard (try? await Task.sleep(for: command.timeout)) != nil else { return }
          stop.stop(.timeout)
        }
        let status = await process.waitForExit()
        group.cancelAll()
        return status
      }
    } onCancel: {
      stop.stop(.cancelled)
    }
    let elapsed = start.duration(to: .now)
    let printed = [await collectors[0].finish(), await collectors[1].finish()]
    guard let status else {
      throw .executionFailed(
        reason: "something else in this process took the exit status of process \(process.processID)")
    }
    return CommandEnding(
      status: status, stopReason: stop.reason, output: printed[0], error: printed[1], elapsed: elapsed)
  }

  /// Removes the container, its control groups and its bundle.
  ///
  /// What cannot be removed is logged and left for the next reaping: the command's outcome is worth more than an error
  /// about its remains.
  private func cleanUp(_ name: ContainerName, bundle: ContainerBundle, _ prepared: Prepared) async {
    // In a task of its own, which the caller's cancellation does not reach.
    await Task {
      do throws(SandboxError) {
        _ = try await self.remove(name, prepared)
      } catch {
        self.logger.error("\(error.message)", metadata: ["sandbox": "\(name.sandboxID)"])
      }
    }.value
  }
}
