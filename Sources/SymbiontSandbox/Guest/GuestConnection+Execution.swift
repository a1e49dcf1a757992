public import SymbiontCore
import Synchronization

extension GuestConnection {
  /// Starts a command and returns when it runs.
  ///
  /// - Throws: ``SandboxError/commandNotFound(command:)``, ``SandboxError/commandInvalid(reason:)`` or
  ///   ``SandboxError/startFailed(reason:)`` when nothing ran, ``SandboxError/executionFailed(reason:)`` when the guest was
  ///   lost meanwhile and it may have run.
  public func execute(_ request: ExecutionRequest) async throws(SandboxError) -> GuestProcess {
    let execution = try request.execution()
    let (channel, call) = try open(.execute(execution))
    let process = GuestProcess(connection: self, channel: channel, call: call, request: request)
    let failure: GuestCall.Outcome? = await withTaskCancellationHandler {
      await call.wait { state -> GuestCall.Outcome?? in
        if state.isCancelled { return .lost(.cancelled(operation: process.operation)) }
        if state.isStarted { return .some(nil) }
        if state.isTimedOut { return .lost(process.lateness) }
        return state.outcome.map { .some($0) }
      }
    } onCancel: {
      call.change { $0.isCancelled = true }
      self.send(.kill, for: channel)
    }
    switch failure {
    case nil, .ended: return process
    case .failed(let failure):
      throw failure.error(command: request.arguments[0], workingDirectory: request.workingDirectory ?? "")
    case .lost(let error): throw error
    case .done: throw Self.lost("it answered something else")
    }
  }

  /// Runs a command to its end, and collects what it prints.
  ///
  /// - Parameters:
  ///   - request: The command; its ``ExecutionRequest/hasInput`` follows from the input.
  ///   - input: What it reads from its standard input.
  ///   - outputLimit: The most bytes that are kept of each stream; a command that prints more is killed.
  /// - Throws: ``SandboxError/outputTooLarge(stream:maximumBytes:)`` besides what ``execute(_:)`` and
  ///   ``GuestProcess/ending()`` throw.
  public func run(
    _ request: ExecutionRequest, input: [UInt8] = [], outputLimit: Int
  ) async throws(SandboxError) -> CommandResult {
    var request = request
    request.hasInput = !input.isEmpty
    let process = try await execute(request)
    let feeder =
      input.isEmpty
      ? nil
      : Task {
        try await process.write(input); process.closeInput()
      }
    defer { feeder?.cancel() }
    var result = CommandResult(exitCode: 0)
    for try await piece in process.output {
      let isError = piece.stream == .standardError
      let kept = isError ? result.standardError.count : result.standardOutput.count
      guard piece.bytes.count <= outputLimit - kept else {
        await process.kill()
        throw .outputTooLarge(stream: isError ? "standard error" : "standard output", maximumBytes: outputLimit)
      }
      if isError {
        result.standardError += piece.bytes
      } else {
        result.standardOutput += piece.bytes
      }
    }
    let ending = try await process.ending()
    result.exitCode = ending.exitCode
    result.signal = ending.signal
    result.timedOut = ending.timedOut
    result.elapsed = ending.elapsed
    return result
  }

  /// Sends input as its credit allows.
  func feed(
    _ bytes: [UInt8], to call: GuestCall, channel: UInt32, operation: String, cancel: @Sendable () -> Void
  ) async throws(SandboxError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let wanted = rest.count
      let taken: Result<Int, SandboxError> = await withTaskCancellationHandler {
        await call.wait { state in
          if state.isCancelled { return .failure(.cancelled(operation: operation)) }
          if case .lost(let error) = state.outcome { return .failure(error) }
          let credit = self.state.withLock { $0.session.takeInputCredit(channel, upTo: wanted) }
          // Without a credit at all the request is over, and nobody reads what would be sent.
          guard let credit else { return .success(0) }
          return credit > 0 ? .success(credit) : nil
        }
      } onCancel: {
        cancel()
      }
      let count = try taken.get()
      guard count > 0 else { return }
      send(.data(.input, Array(rest.prefix(count)), isLast: false), for: channel)
      rest = rest.dropFirst(count)
    }
  }
}
