internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontScheduling
internal import SymbiontStore
internal import Synchronization

/// Carries tasks out by calling their agents.
///
/// The executions of a task have identifiers that follow from its own, so that after a crash its next attempt finds the
/// execution of the one before: one that has not ended is waited for, one that has completed gives its result, and only
/// after one that failed the agent is called again.
final class AgentTaskPerformer: TaskPerformer {
  private let gate = StartGate()
  private let runtime = Mutex(Reference())

  private struct Reference: Sendable {
    weak var runtime: Runtime?
  }

  /// Lets tasks through, or back to the scheduler when the runtime is stopping.
  func open(for runtime: Runtime) {
    self.runtime.withLock { $0.runtime = runtime }
    gate.open()
  }

  func perform(_ attempt: TaskAttempt) async throws -> [UInt8] {
    await gate.wait()
    guard let runtime = runtime.withLock({ $0.runtime }), runtime.currentPhase == .running else {
      throw TaskHandedBack()
    }
    let id: ExecutionID
    do throws(SchedulerError) { id = try await runtime.begin(attempt.task) } catch {
      if case .shuttingDown = error { throw TaskHandedBack() }
      throw error
    }
    let outcome: ExecutionOutcome
    do throws(ExecutionError) { outcome = try await runtime.outcome(of: id) } catch {
      guard Task.isCancelled else {
        if case .shuttingDown = error { throw TaskHandedBack() }
        throw SchedulerError.taskFailed(taskID: attempt.task.id, reason: error.message)
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
    case .cancelled: throw SchedulerError.taskFailed(taskID: attempt.task.id, reason: "its execution was cancelled")
    }
  }
}

extension Runtime {
  /// Calls the agent of a task, or finds the call of an earlier attempt.
  fileprivate func begin(_ task: ScheduledTask) async throws(SchedulerError) -> ExecutionID {
    let input: Value
    do { input = task.input.isEmpty ? .null : try ValueJSON.parse(task.input) } catch {
      throw .taskInvalid(taskID: task.id, reason: "its input is no JSON: \(error)")
    }
    do throws(ExecutionError) { try await checkInput(input, of: task.agentID) } catch {
      throw .agentUnavailable(agentID: task.agentID, reason: error.message)
    }
    let initial = engine.records()
    let (id, consequences) = try await store.write(isolated: true, throwing: SchedulerError.self) { store in
      var records = initial
      var call: UInt64 = 0
      while let known = try store.execution(Self.executionID(of: task.id, call: call)) {
        switch known.status {
        case .ready, .waiting, .completed: return (known.id, records.consequences)
        case .failed, .cancelled: call += 1
        }
      }
      guard let agent = try store.agent(task.agentID), agent.state == .running else {
        throw SchedulerError.agentUnavailable(agentID: task.agentID, reason: "it does not run")
      }
      var row = ExecutionRow(calling: agent, input: input, at: records.now)
      row.id = Self.executionID(of: task.id, call: call)
      try records.start(row, in: store)
      return (row.id, records.consequences)
    }
    engine.apply(consequences)
    return id
  }

  /// Ends the execution of a task that was cancelled or took too long, with everything that belongs to it.
  fileprivate func end(_ id: ExecutionID, of task: ScheduledTask) async throws(SchedulerError) {
    do throws(ExecutionError) { _ = try await cancel(id) } catch {
      throw .taskFailed(taskID: task.id, reason: "it could not be stopped: \(error.message)")
    }
    guard await engine.waitUntilInactive([id], timeout: configuration.lifecycle.terminationTimeout) else {
      throw .taskFailed(
        taskID: task.id, reason: "an effect did not end within \(configuration.lifecycle.terminationTimeout)")
    }
  }

  /// The execution of a task's so many-th call: it sorts beside the task, and nobody can guess it into being another's.
  private static func executionID(of task: TaskID, call: UInt64) -> ExecutionID {
    let digest = LoadedProgram.hash(Array("symbiont task \(task) call \(call)".utf8))
    return ExecutionID(bytes: task.bytes.prefix(6) + digest.prefix(10)) ?? ExecutionID(value: task.value)
  }
}

/// Holds tasks up until the runtime runs, or is known not to.
private final class StartGate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
