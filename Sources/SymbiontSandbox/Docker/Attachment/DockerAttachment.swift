import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import SymbiontCore
import SymbiontSystem

/// The standard streams of a container as a socket.
///
/// The engine wraps output in frames, over a connection that began as an HTTP request. What holds the guest's end of it
/// wants a plain descriptor, so a pair of sockets stands between the two.
final class DockerAttachment: Sendable {
  /// What the host reads and writes.
  let channel: GuestChannel
  /// The end of what the guest wrote to its standard error.
  let log: AttachLog

  private let connection: any Channel

  private init(channel: GuestChannel, log: AttachLog, connection: any Channel) {
    self.channel = channel
    self.log = log
    self.connection = connection
  }

  deinit {
    connection.close(promise: nil)
  }

  /// Ends the connection; the guest then reads the end of its input.
  func close() async {
    try? await connection.close().get()
  }

  /// Attaches to a container that was not started yet, so that nothing of its output is missed.
  static func open(_ containerID: String, client: DockerClient) async throws(DockerError) -> DockerAttachment {
    let request = client.call(
      .POST, "/containers/\(containerID)/attach",
      query: [("stream", "1"), ("stdin", "1"), ("stdout", "1"), ("stderr", "1")], operation: "attach to container")
    let exchange = try await client.transport.begin(
      request, version: client.version, headers: ["Connection": "Upgrade", "Upgrade": "tcp"])
    do throws(DockerError) {
      let response = try await client.transport.finish(exchange, of: request)
      guard response.status == Int(HTTPResponseStatus.switchingProtocols.code) else {
        guard !response.isSuccess else {
          throw .invalidAnswer(operation: request.operation, reason: "the connection was not handed over")
        }
        throw DockerClient.refusal(response, of: request)
      }
      return try await takeOver(exchange, operation: request.operation)
    } catch {
      exchange.channel.close(promise: nil)
      throw error
    }
  }

  private static func takeOver(
    _ exchange: DockerTransport.Exchange, operation: String
  ) async throws(DockerError) -> DockerAttachment {
    let log = AttachLog()
    let eventLoop = exchange.channel.eventLoop
    do {
      let (ours, theirs) = try socketPair()
      let host = try await ClientBootstrap(group: eventLoop)
        .channelOption(.autoRead, value: false)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .withConnectedSocket(theirs)
        .get()
      try await eventLoop.flatSubmit { () -> EventLoopFuture<Void> in
        bridge(exchange, to: host, log: log)
      }.get()
      return DockerAttachment(
        channel: GuestChannel(reading: ours, writing: ours), log: log, connection: exchange.channel)
    } catch {
      throw .invalidAnswer(operation: operation, reason: "the connection could not be taken over: \(error)")
    }
  }

  /// Replaces the handlers of HTTP with the bridge; runs on the event loop.
  ///
  /// The decoder goes last: it then passes on what came after the answer, and finds the bridge in its place.
  private static func bridge(
    _ exchange: DockerTransport.Exchange, to host: any Channel, log: AttachLog
  ) -> EventLoopFuture<Void> {
    let ends = AttachBridge.pair()
    let pipeline = exchange.channel.pipeline.syncOperations
    do {
      try host.pipeline.syncOperations.addHandler(ends.host)
      try pipeline.addHandlers([AttachDemultiplexer(log: log), ends.engine])
    } catch {
      return exchange.channel.eventLoop.makeFailedFuture(error)
    }
    let bound = NIOLoopBound(ends, eventLoop: exchange.channel.eventLoop)
    return pipeline.removeHandler(exchange.collector.value)
      .flatMap { exchange.channel.pipeline.syncOperations.removeHandler(exchange.encoder.value) }
      .flatMap { exchange.channel.pipeline.syncOperations.removeHandler(exchange.decoder.value) }
      .map {
        bound.value.engine.start()
        bound.value.host.start()
      }
  }

  /// A pair of connected sockets; the second is a bare number, because the event loop takes it over.
  private static func socketPair() throws(SystemError) -> (Descriptor, Int32) {
    var numbers: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &numbers) == 0 else { throw .last }
    return (Descriptor(owning: numbers[0]), numbers[1])
  }
}
