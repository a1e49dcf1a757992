import Glibc
import SymbiontCore
import SymbiontSandbox
import SymbiontSystem
import Synchronization

/// Carries the streams of a command between a sandbox and descriptors of the machine.
struct CommandRelay: Sendable {
  /// The descriptors of the caller: standard input, output and error.
  struct Streams: Sendable {
    var input: Descriptor
    var output: Descriptor
    var errors: Descriptor
  }

  let process: GuestProcess
  let streams: Streams

  private static let chunkBytes = 65_536

  /// Runs until the command has ended and all that it printed is written.
  ///
  /// A reader that goes away ends the command, as it would end a pipeline.
  func run(orders: AsyncStream<HostOrder>) async throws(SandboxError) -> ProcessEnding {
    let stop = try InputStop()
    let process = process
    let feeder = Task { await feed(stop) }
    let obeying = Task {
      for await order in orders {
        if let signal = order.signal { try? await process.signal(signal) }
        if let size = order.size { try? await process.resize(size) }
      }
      // The caller is gone.
      if !Task.isCancelled { await process.kill() }
    }
    defer {
      stop.stop()
      feeder.cancel()
      obeying.cancel()
    }
    do throws(SandboxError) {
      for try await piece in process.output {
        let target = piece.stream == .standardError ? streams.errors : streams.output
        guard await Self.write(piece.bytes, to: target) else {
          await process.kill()
          break
        }
      }
      return try await process.ending()
    } catch {
      await process.kill()
      throw error
    }
  }

  private static func write(_ bytes: [UInt8], to target: Descriptor) async -> Bool {
    await WaitingThread.run { (try? writeAll(bytes, to: target)) != nil }
  }

  /// The descriptor may be one that does not block.
  private static func writeAll(_ bytes: [UInt8], to target: Descriptor) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { buffer in target.use { Glibc.write($0, buffer.baseAddress, buffer.count) } }
      if count >= 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        target.use { number in
          var request = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
          poll(&request, 1, -1)
        }
      default: throw .last
      }
    }
  }

  /// Carries the input until its end, or until the command has ended.
  private func feed(_ stop: InputStop) async {
    let input = streams.input
    while !Task.isCancelled {
      let bytes = await WaitingThread.run { stop.read(input, upTo: Self.chunkBytes) }
      guard let bytes, !bytes.isEmpty else { break }
      guard (try? await process.write(bytes)) != nil else { return }
    }
    process.closeInput()
  }
}

/// Lets a thread wait for input and for the end of its command at the same time.
private struct InputStop: Sendable {
  private let pipe: Pipe

  init() throws(SandboxError) {
    do throws(SystemError) { pipe = try Pipe() } catch { throw .startFailed(reason: "no pipe could be made: \(error)") }
  }

  /// Ends all waiting.
  func stop() { try? pipe.writingEnd.write([0]) }

  /// The next bytes; none at the end, nil when it was stopped.
  func read(_ input: Descriptor, upTo count: Int) -> [UInt8]? {
    while true {
      let ready = input.use { input in
        pipe.readingEnd.use { wake -> Int32 in
          var requests = [
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0), pollfd(fd: input, events: Int16(POLLIN), revents: 0),
          ]
          guard poll(&requests, 2, -1) >= 0 else { return errno == EINTR ? 0 : -1 }
          if requests[0].revents != 0 { return -1 }
          return requests[1].revents != 0 ? 1 : 0
        }
      }
      guard ready >= 0 else { return nil }
      guard ready > 0 else { continue }
      var bytes: [UInt8] = []
      do throws(SystemError) {
        _ = try input.read(upTo: count) { bytes = Array($0) }
        return bytes
      } catch {
        guard error.code == EAGAIN else { return nil }
      }
    }
  }
}
