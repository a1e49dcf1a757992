import NIOCore
import NIOHTTP1

/// Puts the parts of an answer together.
///
/// It is used on one event loop only, and completes its promise once, whatever happens to the connection.
final class DockerResponseCollector: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let operation: String
  private let maximumBytes: Int
  private let promise: EventLoopPromise<DockerResponse>
  private var head: HTTPResponseHead?
  private var body: [UInt8] = []

  init(operation: String, maximumBytes: Int, promise: EventLoopPromise<DockerResponse>) {
    self.operation = operation
    self.maximumBytes = maximumBytes
    self.promise = promise
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
    case .body(let buffer):
      guard body.count + buffer.readableBytes <= maximumBytes else {
        fail(.answerTooLarge(operation: operation, maximumBytes: maximumBytes), context)
        return
      }
      body.append(contentsOf: buffer.readableBytesView)
    case .end:
      guard let head else { return }
      promise.succeed(DockerResponse(status: Int(head.status.code), headers: head.headers, body: body))
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // Connections that are taken over later are read step by step.
    context.read()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // The decoder has seen the event before, and has then handed out the end of an answer that ends with the connection.
    if case ChannelEvent.inputClosed = event { fail(.connectionLost(operation: operation), context) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(DockerError.connectionLost(operation: operation))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? HTTPParserError {
      fail(
        error == .invalidEOFState
          ? .connectionLost(operation: operation)
          : .invalidAnswer(operation: operation, reason: "\(error)"), context)
    } else {
      fail(.connectionLost(operation: operation), context)
    }
  }

  private func fail(_ error: DockerError, _ context: ChannelHandlerContext) {
    promise.fail(error)
    context.close(promise: nil)
  }
}
