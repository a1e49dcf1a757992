import Glibc
import SymbiontCore
import SymbiontSandbox
import SymbiontSystem
import Synchronization

/// Serves the sandboxes of a data directory to other processes, until the last one is gone.
final class SandboxHost: Sendable {
  /// How long it stays without a sandbox and without a request.
  private static let idleTimeout = Duration.seconds(2)
  /// Requests at the same time; more are refused.
  private static let maximumConnections = 64

  private struct State {
    var connections = 0
    var lastActivity = ContinuousClock.now
    var isStopping = false
  }

  private let service: SandboxService
  private let listener: Descriptor
  private let directory: String
  private let state = Mutex(State())

  init(_ service: SandboxService, directory: String) throws(SystemError) {
    self.service = service
    self.directory = directory
    listener = try HostSocket.listen(directory)
  }

  /// Serves until nothing is left to serve, or a signal comes; then destroys what is left.
  func run(_ signals: SignalWatch) async {
    let thread = Task { await acceptAll() }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { _ = await signals.wait() }
      group.addTask { await self.waitUntilIdle() }
      await group.next()
      group.cancelAll()
    }
    state.withLock { $0.isStopping = true }
    HostSocket.remove(directory)
    _ = listener.use { shutdown($0, Int32(SHUT_RDWR)) }
    await thread.value
    await service.close()
  }

  private func waitUntilIdle() async {
    while !Task.isCancelled {
      guard (try? await Task.sleep(for: Self.idleTimeout)) != nil else { return }
      let isQuiet = state.withLock {
        $0.connections == 0 && $0.lastActivity.duration(to: .now) >= Self.idleTimeout
      }
      if isQuiet, service.orchestrator.list().isEmpty { return }
    }
  }

  /// Takes connections until the listener is shut down.
  private func acceptAll() async {
    while let connection = await WaitingThread.run({ self.accept() }) {
      let isAdmitted = state.withLock { state in
        guard !state.isStopping, state.connections < Self.maximumConnections else { return false }
        state.connections += 1
        return true
      }
      guard isAdmitted else { continue }
      Task {
        await serve(connection)
        state.withLock { state in
          state.connections -= 1
          state.lastActivity = .now
        }
      }
    }
  }

  private func accept() -> Descriptor? {
    while true {
      let number = listener.use { Glibc.accept($0, nil, nil) }
      if number >= 0 {
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        return Descriptor(owning: number)
      }
      guard errno == EINTR || errno == ECONNABORTED else { return nil }
    }
  }

  /// Answers one request; only the user of this process and root may ask.
  private func serve(_ connection: Descriptor) async {
    guard let user = try? HostSocket.peerUserID(connection), user == geteuid() || user == 0 else { return }
    let line = HostLine(socket: connection)
    guard let received = await WaitingThread.run({ Self.receive(connection) }) else { return }
    let (orders, continuation) = AsyncStream<HostOrder>.makeStream(bufferingPolicy: .bufferingNewest(256))
    let reader = received.reader
    WaitingThread.start {
      var reader = reader
      while let order = try? reader.next(HostOrder.self) { continuation.yield(order) }
      continuation.finish()
    }
    let descriptors = reader.descriptors
    let streams =
      descriptors.count == HostLine.maximumDescriptors
      ? CommandRelay.Streams(input: descriptors[0], output: descriptors[1], errors: descriptors[2]) : nil
    let reply = await service.handle(received.request, streams: streams, orders: orders)
    await WaitingThread.run { _ = try? line.send(reply) }
    _ = connection.use { shutdown($0, Int32(SHUT_RDWR)) }
  }

  private struct Received: Sendable {
    var request: HostRequest
    var reader: HostLineReader
  }

  private static func receive(_ connection: Descriptor) -> Received? {
    var reader = HostLineReader(connection)
    guard let request = try? reader.next(HostRequest.self) else { return nil }
    return Received(request: request, reader: reader)
  }
}
