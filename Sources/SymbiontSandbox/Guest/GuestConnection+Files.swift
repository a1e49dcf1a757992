public import SymbiontCore
import Synchronization

extension GuestConnection {
  /// The most entries of a directory that are listed at once.
  public static let maximumEntries = 10_000

  /// Writes a file of the workspace, chunk by chunk; it has its name only when all of it is there.
  ///
  /// - Parameters:
  ///   - path: Where to, relative to the workspace, or absolute below it.
  ///   - permissions: The permission bits of the file.
  ///   - maximumBytes: The most that is written.
  ///   - next: Gives the next bytes; nil or none at the end.
  /// - Returns: The bytes that were written.
  @discardableResult
  public func upload(
    to path: String, permissions: UInt32 = 0o644, maximumBytes: UInt64 = .max,
    from next: () async throws(SandboxError) -> [UInt8]?
  ) async throws(SandboxError) -> UInt64 {
    let operation = "upload `\(path)`"
    let (channel, call) = try open(
      .upload(path: relative(path), permissions: permissions, maximumBytes: maximumBytes, makesParents: true))
    do throws(SandboxError) {
      while let bytes = try await next(), !bytes.isEmpty {
        try await feed(bytes, to: call, channel: channel, operation: operation) {
          call.change { $0.isCancelled = true }
        }
      }
    } catch {
      send(.kill, for: channel)
      throw error
    }
    send(.data(.input, [], isLast: true), for: channel)
    let payload = try await fileOutcome(of: call, channel, path: path, maximum: Int(clamping: maximumBytes))
    var reader = GuestPayloadReader(payload[...])
    return reader.readUInt64() ?? 0
  }

  /// Writes a file of the workspace from bytes in memory.
  public func upload(
    _ bytes: [UInt8], to path: String, permissions: UInt32 = 0o644
  ) async throws(SandboxError) {
    var rest: [UInt8]? = bytes
    try await upload(to: path, permissions: permissions) { () throws(SandboxError) in
      defer { rest = nil }
      return rest
    }
  }

  /// Reads a file of the workspace, chunk by chunk.
  ///
  /// - Parameters:
  ///   - path: Which, relative to the workspace, or absolute below it.
  ///   - maximumBytes: The most that is read.
  ///   - write: Takes the next bytes.
  /// - Returns: What is known of the file.
  @discardableResult
  public func download(
    _ path: String, maximumBytes: UInt64 = .max, into write: ([UInt8]) async throws(SandboxError) -> Void
  ) async throws(SandboxError) -> GuestFileStatus {
    let (channel, call) = try open(
      .download(path: relative(path), maximumBytes: maximumBytes, credit: UInt32(GuestProtocol.outputWindow)))
    do throws(SandboxError) {
      while let chunk = await nextChunk(of: call) {
        consume(channel, chunk)
        try await write(chunk.bytes)
      }
    } catch {
      send(.kill, for: channel)
      throw error
    }
    _ = try await fileOutcome(of: call, channel, path: path, maximum: Int(clamping: maximumBytes))
    guard let status = call.look({ $0.file }) else { throw Self.lost("it did not say what the file is") }
    return status
  }

  /// Reads a file of the workspace into memory.
  public func download(_ path: String, maximumBytes: Int) async throws(SandboxError) -> [UInt8] {
    var bytes: [UInt8] = []
    try await download(path, maximumBytes: UInt64(clamping: maximumBytes)) { (chunk: [UInt8]) throws(SandboxError) in
      bytes += chunk
    }
    return bytes
  }

  /// The entries of a directory of the workspace, by name; an empty path is the workspace itself.
  public func list(
    _ path: String = "", maximum: Int = maximumEntries
  ) async throws(SandboxError) -> [GuestFileEntry] {
    let (channel, call) = try open(.list(path: relative(path), maximum: UInt32(clamping: maximum)))
    _ = try await fileOutcome(of: call, channel, path: path, maximum: maximum)
    return call.look { $0.entries }.sorted { $0.name < $1.name }
  }

  /// Removes a file, a link or a directory of the workspace; one that is not empty only if asked for.
  public func remove(_ path: String, isRecursive: Bool = false) async throws(SandboxError) {
    let (channel, call) = try open(.remove(path: relative(path), isRecursive: isRecursive))
    _ = try await fileOutcome(of: call, channel, path: path, maximum: 0)
  }

  /// Makes a directory of the workspace, and those above it.
  ///
  /// That it exists is no error.
  public func makeDirectory(_ path: String, permissions: UInt32 = 0o755) async throws(SandboxError) {
    let (channel, call) = try open(
      .makeDirectory(path: relative(path), permissions: permissions, makesParents: true))
    _ = try await fileOutcome(of: call, channel, path: path, maximum: 0)
  }

  /// A path as the guest takes it: an absolute one below the workspace becomes relative.
  private func relative(_ path: String) -> String {
    let workspace = state.withLock { $0.workspacePath }
    if path == workspace { return "" }
    return path.hasPrefix("\(workspace)/") ? String(path.dropFirst(workspace.count + 1)) : path
  }

  /// The next bytes; nil at the end, after an error, and when nothing comes for too long.
  private func nextChunk(of call: GuestCall) async -> GuestCall.Chunk? {
    let timer = Self.patience(with: call)
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await call.wait { state -> GuestCall.Chunk?? in
        if let chunk = state.chunks.popFirst() { return .some(chunk) }
        let isOver = state.outcome != nil || state.isCancelled || state.isTimedOut || state.openStreams.isEmpty
        return isOver ? .some(nil) : nil
      }
    } onCancel: {
      call.change { $0.isCancelled = true }
    }
  }

  /// Ends the wait for a guest that says nothing any more.
  private static func patience(with call: GuestCall) -> GuestTimer {
    GuestTimer(after: requestTimeout) { [weak call] in call?.change { $0.isTimedOut = true } }
  }

  private func fileOutcome(
    of call: GuestCall, _ channel: UInt32, path: String, maximum: Int
  ) async throws(SandboxError) -> [UInt8] {
    let operation = "use `\(path)`"
    let timer = Self.patience(with: call)
    defer { timer.cancel() }
    let outcome = await withTaskCancellationHandler {
      await call.wait { state -> GuestCall.Outcome? in
        if state.isCancelled { return .lost(.cancelled(operation: operation)) }
        if let outcome = state.outcome { return outcome }
        return state.isTimedOut ? .lost(.timedOut(operation: operation, after: Self.requestTimeout)) : nil
      }
    } onCancel: {
      call.change { $0.isCancelled = true }
    }
    switch outcome {
    case .done(let payload): return payload
    case .failed(let failure): throw failure.error(path: path, maximum: maximum)
    case .lost(let error):
      send(.kill, for: channel)
      throw error
    case .ended: throw Self.lost("it answered something else")
    }
  }
}
