import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Connections to the engine's socket, one for each call.
///
/// A connection over a UNIX socket costs microseconds, and one that is not shared has no leftovers of other calls.
struct DockerTransport: Sendable {
  /// Where the engine listens.
  let socketPath: String
  /// How long a connection may take.
  let connectTimeout: Duration

  /// The threads that all clients share.
  private static let group = MultiThreadedEventLoopGroup.singleton

  /// The parts of a connection's pipeline that go when it is taken over.
  struct Exchange: Sendable {
    let channel: any Channel
    let answer: EventLoopFuture<DockerResponse>
    let encoder: NIOLoopBound<HTTPRequestEncoder>
    let decoder: NIOLoopBound<ByteToMessageHandler<HTTPResponseDecoder>>
    let collector: NIOLoopBound<DockerResponseCollector>
  }

  /// Sends a call and waits for its answer.
  func send(_ request: DockerRequest, version: String?) async throws(DockerError) -> DockerResponse {
    let exchange = try await begin(request, version: version, headers: ["Connection": "close"])
    exchange.answer.whenComplete { _ in exchange.channel.close(promise: nil) }
    return try await finish(exchange, of: request)
  }

  /// The answer of a call that was sent.
  func finish(_ exchange: Exchange, of request: DockerRequest) async throws(DockerError) -> DockerResponse {
    do {
      guard request.timeout == nil else { return try await exchange.answer.get() }
      return try await withTaskCancellationHandler {
        try await exchange.answer.get()
      } onCancel: {
        exchange.channel.close(promise: nil)
      }
    } catch let error as DockerError {
      if request.timeout == nil, Task.isCancelled { throw .cancelled(operation: request.operation) }
      throw error
    } catch {
      throw .connectionLost(operation: request.operation)
    }
  }

  /// Connects and sends a call.
  func begin(
    _ request: DockerRequest, version: String?, headers additional: HTTPHeaders
  ) async throws(DockerError) -> Exchange {
    let eventLoop = Self.group.next()
    let promise = eventLoop.makePromise(of: DockerResponse.self)
    let exchange: Exchange
    do {
      exchange = try await connect(request, on: eventLoop, promise)
    } catch {
      let failure = connectionFailure(error)
      promise.fail(failure)
      throw failure
    }
    if let timeout = request.timeout {
      let alarm = eventLoop.scheduleTask(in: TimeAmount(timeout)) {
        promise.fail(DockerError.timedOut(operation: request.operation, after: timeout))
      }
      promise.futureResult.whenComplete { _ in alarm.cancel() }
    }
    write(request, version: version, headers: additional, to: exchange.channel)
    return exchange
  }

  private func connect(
    _ request: DockerRequest, on eventLoop: any EventLoop, _ promise: EventLoopPromise<DockerResponse>
  ) async throws -> Exchange {
    let parts = eventLoop.makePromise(of: Exchange.self)
    let connected = ClientBootstrap(group: eventLoop)
      .connectTimeout(TimeAmount(connectTimeout))
      .channelOption(.autoRead, value: false)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let encoder = HTTPRequestEncoder()
          let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
          let collector = DockerResponseCollector(
            operation: request.operation, maximumBytes: DockerRequest.maximumAnswerBytes, promise: promise)
          try channel.pipeline.syncOperations.addHandlers([encoder, decoder, collector])
          parts.succeed(
            Exchange(
              channel: channel, answer: promise.futureResult, encoder: NIOLoopBound(encoder, eventLoop: eventLoop),
              decoder: NIOLoopBound(decoder, eventLoop: eventLoop),
              collector: NIOLoopBound(collector, eventLoop: eventLoop)))
        }
      }
      .connect(unixDomainSocketPath: socketPath)
    connected.whenFailure { parts.fail($0) }
    _ = try await connected.get()
    return try await parts.futureResult.get()
  }

  private func write(
    _ request: DockerRequest, version: String?, headers additional: HTTPHeaders, to channel: any Channel
  ) {
    var headers: HTTPHeaders = ["Host": "docker", "User-Agent": "symbiont"]
    headers.add(contentsOf: additional)
    headers.add(name: "Content-Length", value: "\(request.body?.bytes.count ?? 0)")
    if let type = request.body?.type { headers.add(name: "Content-Type", value: type) }
    let head = HTTPRequestHead(
      version: .http1_1, method: request.method, uri: request.target(version: version), headers: headers)
    channel.write(HTTPClientRequestPart.head(head), promise: nil)
    if let body = request.body {
      channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body.bytes))), promise: nil)
    }
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    channel.read()
  }

  private func connectionFailure(_ error: any Error) -> DockerError {
    switch error {
    case let error as IOError:
      switch error.errnoCode {
      case ENOENT: .socketMissing(path: socketPath)
      case EACCES, EPERM: .permissionDenied(path: socketPath)
      default: .unreachable(path: socketPath, reason: String(cString: strerror(error.errnoCode)))
      }
    case ChannelError.connectTimeout: .timedOut(operation: "connect", after: connectTimeout)
    default: .unreachable(path: socketPath, reason: "\(error)")
    }
  }
}
