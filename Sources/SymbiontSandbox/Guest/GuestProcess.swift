public import SymbiontCore
import Synchronization

/// A piece of what a command printed.
public struct GuestOutput: Sendable, Hashable {
  /// Where a command prints to.
  public enum Stream: Sendable, Hashable {
    /// Its standard output; everything that is printed to a terminal.
    case standardOutput
    /// Its standard error.
    case standardError
  }

  /// Where it was printed to.
  public var stream: Stream
  /// What was printed; never empty.
  public var bytes: [UInt8]

  /// Makes a value of its parts.
  public init(stream: Stream, bytes: [UInt8]) {
    self.stream = stream
    self.bytes = bytes
  }
}

/// A command that runs in a sandbox.
///
/// When the last reference to it goes, the command is killed, with everything that it started.
public final class GuestProcess: Sendable {
  /// How long the guest may take to end a command after its timeout, before the host asks for it too.
  ///
  /// Long, because only a guest that is paused or broken needs it.
  static let safetyMargin = Duration.seconds(10)

  let connection: GuestConnection
  let channel: UInt32
  let call: GuestCall
  let request: ExecutionRequest
  private let timers = Mutex<[GuestTimer]>([])

  init(connection: GuestConnection, channel: UInt32, call: GuestCall, request: ExecutionRequest) {
    self.connection = connection
    self.channel = channel
    self.call = call
    self.request = request
    guard let timeout = request.timeout else { return }
    let killing = GuestTimer(after: timeout + Self.safetyMargin) { [weak connection] in
      connection?.send(.kill, for: channel)
    }
    let givingUp = GuestTimer(after: timeout + Self.safetyMargin * 3) { [weak call] in
      call?.change { $0.isTimedOut = true }
    }
    timers.withLock { $0 = [killing, givingUp] }
  }

  deinit {
    connection.send(.kill, for: channel)
  }

  /// Its process id, as the sandbox sees it.
  public var processID: UInt32 { call.look { $0.processID } }

  /// What it prints, in order for each stream, as it comes.
  ///
  /// What is not read stays in the sandbox: beyond 256 KiB a stream the command has to wait. There is one reader: pieces
  /// that one iteration takes, another one does not get. Cancelling a task that reads kills the command.
  public var output: OutputSequence { OutputSequence(process: self) }

  /// The pieces of what a command prints.
  public struct OutputSequence: AsyncSequence, Sendable {
    let process: GuestProcess

    /// Takes the pieces, one after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
      let process: GuestProcess

      /// The next piece; nil when both streams have ended.
      public mutating func next() async throws(SandboxError) -> GuestOutput? {
        try await process.nextOutput()
      }

      /// The next piece; nil when both streams have ended.
      public mutating func next(
        isolation actor: isolated (any Actor)?
      ) async throws(SandboxError) -> GuestOutput? {
        try await process.nextOutput()
      }
    }

    /// Makes an iterator.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(process: process) }
  }

  func nextOutput() async throws(SandboxError) -> GuestOutput? {
    let next: Result<GuestCall.Chunk?, SandboxError> = await withTaskCancellationHandler {
      await call.wait { state in
        if let chunk = state.chunks.popFirst() { return .success(chunk) }
        if state.isCancelled { return .failure(.cancelled(operation: self.operation)) }
        if case .lost(let error) = state.outcome { return .failure(error) }
        if state.isTimedOut, state.outcome == nil { return .failure(self.lateness) }
        return state.openStreams.isEmpty ? .success(nil) : nil
      }
    } onCancel: {
      cancel()
    }
    guard let chunk = try next.get() else { return nil }
    connection.consume(channel, chunk)
    return GuestOutput(stream: chunk.stream == .error ? .standardError : .standardOutput, bytes: chunk.bytes)
  }

  /// The guest did not end the command, and did not say so when it was asked to.
  var lateness: SandboxError { .timedOut(operation: operation, after: request.timeout ?? .zero) }

  var operation: String { "run `\(request.arguments.first ?? "")`" }

  private func cancel() {
    call.change { $0.isCancelled = true }
    connection.send(.kill, for: channel)
  }

  /// Writes to its standard input, and waits until all of it is on its way.
  ///
  /// What a command does not read any more is thrown away, as is what comes after its end.
  public func write(_ bytes: [UInt8]) async throws(SandboxError) {
    try await connection.feed(bytes, to: call, channel: channel, operation: operation) { self.cancel() }
  }

  /// Ends its standard input; a terminal gets an end-of-file character.
  public func closeInput() {
    connection.send(.data(.input, [], isLast: true), for: channel)
  }

  /// Sends a signal to its first process.
  ///
  /// - Parameter number: The number of the signal on Linux, 1 to 64.
  public func signal(_ number: Int32) async throws(SandboxError) {
    guard (1...64).contains(number) else { throw .commandInvalid(reason: "there is no signal \(number)") }
    connection.send(.signal(UInt32(number)), for: channel)
  }

  /// Changes the size of its terminal; a command without one does not notice.
  public func resize(_ size: TerminalSize) async throws(SandboxError) {
    connection.send(.resize(size), for: channel)
  }

  /// Kills it with everything that it started, detached or not, and returns when nothing of that is left.
  ///
  /// What it printed and nobody has read is given up.
  public func kill() async {
    connection.send(.kill, for: channel)
    let timer = GuestTimer(after: GuestConnection.requestTimeout) { [weak call] in call?.change { $0.isTimedOut = true }
    }
    defer { timer.cancel() }
    _ = await call.wait { $0.outcome != nil || $0.isTimedOut ? true : nil }
    connection.send(.kill, for: channel)
  }

  /// Waits for its end; unread output does not hold it up once the command has ended.
  ///
  /// Cancelling the task that waits kills the command with everything that it started.
  public func ending() async throws(SandboxError) -> ProcessEnding {
    let outcome = await withTaskCancellationHandler {
      await call.wait { state -> GuestCall.Outcome? in
        state.outcome
          ?? (state.isTimedOut ? .lost(self.lateness) : nil)
      }
    } onCancel: {
      cancel()
    }
    timers.withLock { $0 = [] }
    if call.look({ $0.isCancelled }) { throw .cancelled(operation: operation) }
    switch outcome {
    case .ended(let ending): return ProcessEnding(ending)
    case .failed(let failure): throw failure.error(operation: operation)
    case .lost(let error): throw error
    case .done: throw GuestConnection.lost("it answered something else")
    }
  }
}
