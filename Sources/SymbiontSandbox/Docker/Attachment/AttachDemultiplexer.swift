import NIOCore

/// Passes the standard output of a container on, and keeps the end of what it wrote elsewhere.
final class AttachDemultiplexer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private var decoder = AttachFrameDecoder()
  private let log: AttachLog

  init(log: AttachLog) {
    self.log = log
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var input = unwrapInboundIn(data)
    do throws(AttachFrameDecoder.Failure) {
      while let piece = try decoder.next(&input) {
        switch piece.stream {
        case .standardOutput: context.fireChannelRead(wrapInboundOut(piece.bytes))
        case .standardError, .engineError: log.append(piece.bytes.readableBytesView)
        }
      }
    } catch {
      fail(error, context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event {
      do throws(AttachFrameDecoder.Failure) { try decoder.finish() } catch { note(error) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  private func fail(_ failure: AttachFrameDecoder.Failure, _ context: ChannelHandlerContext) {
    note(failure)
    context.close(promise: nil)
  }

  private func note(_ failure: AttachFrameDecoder.Failure) {
    switch failure {
    case .headerInvalid: log.append("the engine's output is not framed as its protocol says\n".utf8)
    case .truncated: log.append("the engine's output ended in the middle of a frame\n".utf8)
    }
  }
}
