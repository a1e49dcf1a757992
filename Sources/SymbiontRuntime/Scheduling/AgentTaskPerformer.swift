internal import Logging
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery
internal import SymbiontScheduling
internal import SymbiontStore
internal import Synchronization

/// Carries tasks out by calling their agents.
///
/// The execution of an attempt has an identifier that follows from the task's and the number of attempts that failed, so
/// that an attempt which a crash or a stop interrupted goes on with the execution that it had, and no agent is called twice
/// for one attempt.
final class AgentTaskPerformer: TaskPerformer {
  private let runtime = Mutex(Reference())

  private struct Reference: Sendable {
    weak var runtime: Runtime?
  }

  /// Names the runtime whose agents are called.
  func attach(_ runtime: Runtime) { self.runtime.withLock { $0.runtime = runtime } }

  var resumesAttempts: Bool { true }

  func abandon(_ task: ScheduledTask) async {
    await runtime.withLock { $0.runtime }?.abandon(task)
  }

  func perform(_ attempt: TaskAttempt) async throws -> [UInt8] {
    guard let runtime = runtime.withLock({ $0.runtime }), runtime.currentPhase == .running else {
      throw TaskHandedBack()
    }
    let id = try await runtime.begin(attempt.task)
    let outcome: ExecutionOutcome
    do throws(ExecutionError) { outcome = try await runtime.outcome(of: id) } catch {
      guard Task.isCancelled else {
        switch error {
        case .shuttingDown: throw TaskHandedBack()
        // The execution goes on, and is asked for again.
        case .storeFailed: throw TaskHandedBack(after: Runtime.storePause)
        default: throw SchedulerError.taskFailed(taskID: attempt.task.id, reason: error.message)
        }
      }
      try await runtime.end(id, of: attempt.task)
      throw CancellationError()
    }
    switch outcome {
    case .completed(let value):
      do { return Array(try ValueJSON.print(value).utf8) } catch {
        throw SchedulerError.taskFailed(taskID: attempt.task.id, reason: "its result has no JSON form: \(error)")
      }
    case .failed(let error):
      throw SchedulerError.taskFailed(taskID: attempt.task.id, reason: "\(error.kind): \(error.message)")
    case .cancelled where try await runtime.isEnd(of: id, OutcomeCodec.stoppedToRecover):
      throw SchedulerError.taskFailed(taskID: attempt.task.id, reason: "its agent was stopped to recover it")
    // The process ended before the scheduler knew.
    case .cancelled where try await runtime.isEnd(of: id, OutcomeCodec.stoppedForTask):
      throw SchedulerError.taskFailed(taskID: attempt.task.id, reason: "it took too long, or was cancelled")
    // Somebody wanted it to end, so it is not begun again.
    case .cancelled:
      throw SchedulerError.agentUnavailable(agentID: attempt.task.agentID, reason: "its execution was cancelled")
    }
  }
}

extension Runtime {
  /// Calls the agent of a task, or finds the call that the attempt made before it was interrupted.
  ///
  /// The task is handed back while the runtime stops, and while calls of the agent fail at once.
  fileprivate func begin(_ task: ScheduledTask) async throws -> ExecutionID {
    let id = Self.executionID(of: task)
    let input: Value
    do { input = task.input.isEmpty ? .null : try ValueJSON.parse(task.input) } catch {
      throw SchedulerError.taskInvalid(taskID: task.id, reason: "its input is no JSON: \(error)")
    }
    do throws(ExecutionError) {
      // What was begun goes on, whatever its agent and its program have become.
      if try await execution(id) != nil { return id }
      return try await execute(task.agentID, input: input, as: id)
    } catch {
      switch error {
      case .shuttingDown: throw TaskHandedBack()
      case .circuitOpen(_, let until):
        throw TaskHandedBack(after: errorHandler.map { max(.zero, until - $0.now) } ?? .zero)
      case .agentNotRunning:
        if await isAboutToWork(task) { throw TaskHandedBack() }
        throw SchedulerError.agentUnavailable(agentID: task.agentID, reason: error.message)
      // It may have been begun all the same.
      case .storeFailed: throw TaskHandedBack(after: Self.storePause)
      default: throw SchedulerError.agentUnavailable(agentID: task.agentID, reason: error.message)
      }
    }
  }

  /// How long a task waits at least that the store kept from being carried out.
  fileprivate static let storePause = Duration.seconds(1)

  /// Whether this is stored as the end of an execution.
  fileprivate func isEnd(of id: ExecutionID, _ outcome: [UInt8]) async throws -> Bool {
    do { return try await store.read { store in try store.execution(id)?.outcome == outcome } } catch {
      throw TaskHandedBack(after: Self.storePause)
    }
  }

  /// Whether the task's agent is being recovered, or was until now, or the task was given to another one.
  private func isAboutToWork(_ task: ScheduledTask) async -> Bool {
    if engine.recoveries?.isStopped(task.agentID) ?? false || scheduler?.isReassigned(task.id) ?? false { return true }
    switch try? await lifecycle.getAgentState(task.agentID) {
    case .running, .waiting: return true
    default: return false
    }
  }

  /// Ends the execution that a cancelled task may still have from before a crash or a stop.
  fileprivate func abandon(_ task: ScheduledTask) async {
    let id = Self.executionID(of: task)
    do {
      if try await execution(id) != nil { try await end(id, of: task) }
    } catch {
      configuration.logger.error(
        "the execution of a cancelled task may go on: \(error)", metadata: ["execution": "\(id)"])
    }
  }

  /// Ends the execution of a task that was cancelled or took too long, and those that it called; returns when nothing of them
  /// goes on any more.
  ///
  /// The task is handed back when the runtime stops before that.
  fileprivate func end(_ id: ExecutionID, of task: ScheduledTask) async throws {
    let cancelled = try await cancel(id, of: task)
    let timeout = configuration.lifecycle.terminationTimeout
    while await !engine.waitUntilInactive(cancelled, timeout: timeout) {
      // Another attempt beside it would do twice what is to be done once.
      configuration.logger.warning(
        "an effect of a task that is to end still goes on after \(timeout)",
        metadata: ["task": "\(task.id)", "execution": "\(id)"])
      guard currentPhase == .running else { throw TaskHandedBack() }
    }
  }

  /// Has the end of an execution stored, also when the store refuses for a while.
  private func cancel(_ id: ExecutionID, of task: ScheduledTask) async throws -> [ExecutionID] {
    while true {
      do throws(ExecutionError) { return try await cancelTree(id, as: OutcomeCodec.stoppedForTask) } catch {
        guard case .storeFailed = error else {
          throw SchedulerError.taskFailed(taskID: task.id, reason: "it could not be stopped: \(error.message)")
        }
      }
      guard currentPhase == .running else { throw TaskHandedBack() }
      // This task is cancelled, and so could not wait itself.
      await Task { try? await Task.sleep(for: Self.storePause) }.value
    }
  }

  /// The execution of a task's present attempt: it sorts beside the task.
  private static func executionID(of task: ScheduledTask) -> ExecutionID {
    let digest = LoadedProgram.hash(Array("symbiont task \(task.id) after \(task.retryCount) failures".utf8))
    return ExecutionID(bytes: task.id.bytes.prefix(6) + digest.prefix(10)) ?? ExecutionID(value: task.id.value)
  }
}
