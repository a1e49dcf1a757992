import NIOCore

/// One end of a bridge between two connections on the same event loop: what comes in here goes out there.
///
/// It reads only when the other end took what was read before, so whoever does not read stops whoever writes, and no more
/// is in memory than one round of reading.
final class AttachBridge: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// What the end of the input means.
  enum EndOfInput {
    /// The other end's input ends too; its output goes on.
    case closesOutput
    /// The conversation is over.
    case closesBoth
  }

  private let endOfInput: EndOfInput
  private var partner: AttachBridge?
  private var context: ChannelHandlerContext?
  private var isWaitingForPartner = false

  private init(_ endOfInput: EndOfInput) {
    self.endOfInput = endOfInput
  }

  /// The two ends of a bridge: of the engine's connection, and of the host's socket.
  static func pair() -> (engine: AttachBridge, host: AttachBridge) {
    let engine = AttachBridge(.closesBoth)
    let host = AttachBridge(.closesOutput)
    engine.partner = host
    host.partner = engine
    return (engine, host)
  }

  /// Begins to read, once both ends are in place.
  func start() {
    context?.read()
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    partner = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    partner?.write(unwrapInboundIn(data))
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    partner?.context?.flush()
    readWhenPossible()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { partner?.resume() }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.inputClosed = event else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    switch endOfInput {
    case .closesOutput: partner?.finish(.output)
    case .closesBoth:
      partner?.finish(.all)
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    partner?.finish(.all)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset or a broken pipe: nothing more comes, and nothing more can be sent.
    context.close(promise: nil)
  }

  private func write(_ buffer: ByteBuffer) {
    context?.write(wrapOutboundOut(buffer), promise: nil)
  }

  private func readWhenPossible() {
    if partner?.context?.channel.isWritable ?? false {
      context?.read()
    } else {
      isWaitingForPartner = true
    }
  }

  private func resume() {
    guard isWaitingForPartner else { return }
    isWaitingForPartner = false
    readWhenPossible()
  }

  /// Closes once everything that was written has gone out.
  private func finish(_ mode: CloseMode) {
    guard let context else { return }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
      bound.value.close(mode: mode, promise: nil)
    }
  }
}
