import Dispatch
import Glibc
import SymbiontSystem
import Synchronization

/// Moves bytes between a channel's descriptors and the connection, when the kernel says that it can.
///
/// What waits to be written is bounded by the credit of the protocol and the number of requests.
final class GuestLink: Sendable {
  private struct Outgoing {
    var pending: [UInt8] = []
    var start = 0
    var isWaiting = false
    // Nil once the link is closed, so that the guest learns it at once.
    var descriptor: Descriptor?
  }

  private struct Incoming {
    // Nil once the link is closed.
    var descriptor: Descriptor?
    var watch: DescriptorWatch?
  }

  /// As much as a large frame, so that one read takes it.
  private static let chunkBytes = 131_072

  private let queue = DispatchQueue(label: "symbiont.sandbox.guest")
  private let incoming: Mutex<Incoming>
  private let outgoing: Mutex<Outgoing>
  private let failed: @Sendable (String) -> Void

  /// Takes a channel over; nothing is read before ``activate(_:)``.
  init(_ channel: GuestChannel, failed: @escaping @Sendable (String) -> Void) {
    self.failed = failed
    outgoing = Mutex(Outgoing(descriptor: channel.writing))
    for descriptor in [channel.reading, channel.writing] {
      descriptor.use { number in _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }
    }
    incoming = Mutex(Incoming(descriptor: channel.reading))
  }

  /// Begins to read.
  func activate(_ received: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) {
    guard let descriptor = incoming.withLock({ $0.descriptor }) else { return }
    do throws(SystemError) {
      let watch = try DescriptorWatch(descriptor, for: .reading, on: queue) { [weak self] in
        self?.readAvailable(received) ?? false
      }
      // The watch of a link that was closed meanwhile goes, and ends.
      incoming.withLock { if $0.descriptor != nil { $0.watch = watch } }
    } catch {
      failed("it cannot be watched: \(error)")
    }
  }

  /// Ends reading and writing.
  ///
  /// The guest learns it at once where the channel is a socket; the end of a pipe only when the last reference to it goes.
  func close() {
    let closed = incoming.withLock { incoming in
      defer { incoming = Incoming() }
      return incoming
    }
    closed.watch?.cancel()
    outgoing.withLock { state in
      state.descriptor?.use { _ = shutdown($0, Int32(SHUT_RDWR)) }
      state.descriptor = nil
      state.pending = []
      state.start = 0
    }
  }

  /// Reads once; whether more may come.
  private func readAvailable(_ received: (UnsafeRawBufferPointer) -> Void) -> Bool {
    guard let descriptor = incoming.withLock({ $0.descriptor }) else { return false }
    do throws(SystemError) {
      let count = try descriptor.read(upTo: Self.chunkBytes) { bytes in
        if !bytes.isEmpty { received(bytes) }
      }
      if count == 0 { failed("the guest closed it") }
      return count > 0
    } catch {
      guard error.code != EAGAIN else { return true }
      failed("it could not be read: \(error)")
      return false
    }
  }

  /// Sends bytes, now as far as the channel takes them, and the rest when it does.
  func send(_ bytes: [UInt8]) {
    let problem = outgoing.withLock { state -> String? in
      guard let descriptor = state.descriptor else { return nil }
      state.pending.append(contentsOf: bytes)
      return state.isWaiting ? nil : flush(&state, to: descriptor)
    }
    if let problem { failed(problem) }
  }

  private func flush(_ state: inout Outgoing, to descriptor: Descriptor) -> String? {
    while state.start < state.pending.count {
      let written = descriptor.use { number in
        state.pending.withUnsafeBytes { bytes in
          Self.write(UnsafeRawBufferPointer(rebasing: bytes[state.start...]), to: number)
        }
      }
      if written.count >= 0 {
        state.start += written.count
      } else if written.error == EAGAIN {
        return waitForRoom(&state, on: descriptor)
      } else if written.error != EINTR {
        return "it could not be written: \(SystemError(code: written.error))"
      }
    }
    state.pending.removeAll(keepingCapacity: state.pending.capacity <= Self.chunkBytes)
    state.start = 0
    return nil
  }

  private func waitForRoom(_ state: inout Outgoing, on descriptor: Descriptor) -> String? {
    state.isWaiting = true
    state.pending.removeFirst(state.start)
    state.start = 0
    do throws(SystemError) {
      try DescriptorWatch.once(descriptor, for: .writing, on: queue) { [weak self] in self?.resume() }
      return nil
    } catch {
      return "it cannot be watched: \(error)"
    }
  }

  private func resume() {
    let problem = outgoing.withLock { state -> String? in
      state.isWaiting = false
      return state.descriptor.flatMap { flush(&state, to: $0) }
    }
    if let problem { failed(problem) }
  }

  /// Writes without the signal that a closed pipe sends.
  private static func write(_ bytes: UnsafeRawBufferPointer, to number: Int32) -> (count: Int, error: Int32) {
    let sent = Glibc.send(number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    if sent >= 0 { return (sent, 0) }
    guard errno == ENOTSOCK else { return (sent, errno) }
    // A pipe has no such option: the signal is held back, and taken if it came by this write.
    var signals = sigset_t()
    var previous = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, &previous)
    let written = Glibc.write(number, bytes.baseAddress, bytes.count)
    let error = errno
    if written < 0, error == EPIPE {
      var none = timespec()
      _ = sigtimedwait(&signals, nil, &none)
    }
    pthread_sigmask(SIG_SETMASK, &previous, nil)
    return (written, error)
  }
}
