import Dispatch
public import SymbiontCore
import Synchronization

extension GuestConnection {
  /// Greets the guest and agrees on the version of the protocol.
  ///
  /// - Throws: ``SandboxError/timedOut(operation:after:)`` when it does not answer in time, and what
  ///   ``SandboxError/executionFailed(reason:)`` says when it answers something else.
  @discardableResult
  public func greet(timeout: Duration = .seconds(30)) async throws(SandboxError) -> GuestGreeting {
    let call = GuestCall(openStreams: [])
    try sendGreeting(call)
    _ = try await outcome(of: call, channel: nil, operation: "greet the sandbox", timeout: timeout)
    guard let greeting else { throw Self.lost("it was not greeted") }
    return greeting
  }

  /// Tells the guest what commands run with.
  public func configure(_ configuration: GuestConfiguration) async throws(SandboxError) {
    _ = try await perform(.configure(configuration.settings), operation: "configure the sandbox")
    if let path = configuration.workspacePath { state.withLock { $0.workspacePath = path } }
  }

  /// What the guest measures of its sandbox.
  public func metrics() async throws(SandboxError) -> GuestMetrics {
    let payload = try await perform(.metrics, operation: "measure the sandbox")
    guard let metrics = GuestMetrics(payload) else { throw Self.lost("its metrics are malformed") }
    return metrics
  }

  /// Makes a restored machine another one than that of its snapshot.
  ///
  /// - Returns: What the guest was able to change.
  @discardableResult
  public func reseed(_ identity: GuestIdentity) async throws(SandboxError) -> GuestIdentity.Applied {
    let payload = try await perform(.reseed(identity), operation: "give the sandbox a new identity")
    var reader = GuestPayloadReader(payload[...])
    return GuestIdentity.Applied(rawValue: reader.readUInt32() ?? 0)
  }

  /// Writes everything of the workspace to its disk and stops all changes, until ``thaw()``.
  public func freeze() async throws(SandboxError) {
    _ = try await perform(.freeze(true), operation: "freeze the workspace")
  }

  /// Lets the workspace be changed again.
  public func thaw() async throws(SandboxError) {
    _ = try await perform(.freeze(false), operation: "thaw the workspace")
  }

  /// Kills everything in the sandbox and lets its first process end; a virtual machine powers off.
  ///
  /// That the guest is already gone is no error.
  public func shutdown() async {
    _ = try? await perform(.shutdown, operation: "shut the sandbox down")
    close()
  }

  /// Asks for something that has one answer.
  func perform(
    _ request: GuestMessage, operation: String, timeout: Duration = requestTimeout
  ) async throws(SandboxError) -> [UInt8] {
    let (channel, call) = try open(request)
    return try await outcome(of: call, channel: channel, operation: operation, timeout: timeout)
  }

  /// Waits for the answer to a request, as long as it may take.
  func outcome(
    of call: GuestCall, channel: UInt32?, operation: String, timeout: Duration
  ) async throws(SandboxError) -> [UInt8] {
    let timer = GuestTimer(after: timeout) { [weak call] in call?.change { $0.isTimedOut = true } }
    defer { timer.cancel() }
    let outcome = await withTaskCancellationHandler {
      await call.wait { state -> GuestCall.Outcome? in
        if let outcome = state.outcome { return outcome }
        if state.isCancelled { return .lost(.cancelled(operation: operation)) }
        if state.isTimedOut { return .lost(.timedOut(operation: operation, after: timeout)) }
        return nil
      }
    } onCancel: {
      call.change { $0.isCancelled = true }
    }
    switch outcome {
    case .done(let payload): return payload
    case .ended: throw Self.lost("it answered something else")
    case .failed(let failure): throw failure.error(operation: operation)
    case .lost(let error):
      if let channel { send(.kill, for: channel) }
      throw error
    }
  }
}
