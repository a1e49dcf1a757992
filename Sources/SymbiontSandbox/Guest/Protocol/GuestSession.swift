/// What a host knows of its connection to a guest: the open requests, and the credit of each of their streams.
///
/// It is a pure value: it takes frames and requests, and says what is to be sent and what happened. What a guest sends is
/// not trusted; whatever the protocol does not allow is an error, and the connection ends.
package struct GuestSession: Sendable {
  /// What happened to a request.
  package enum Event: Sendable, Hashable {
    case greeted(GuestGreeting)
    case answeredPing
    /// The guest gives up the connection.
    case refused(GuestFailure)
    case started(UInt32, processID: UInt32)
    case output(UInt32, GuestStream, [UInt8])
    case outputEnded(UInt32, GuestStream)
    case inputAllowed(UInt32)
    case ended(UInt32, GuestEnding)
    case file(UInt32, GuestFileStatus)
    case entries(UInt32, [GuestFileEntry])
    case done(UInt32, [UInt8])
    case failed(UInt32, GuestFailure)
    /// Something about a request that the host has given up.
    case ignored
  }

  /// One open request.
  struct Channel: Sendable {
    var type: GuestFrameType
    var isTerminal = false
    var isStarted = false
    var isEnded = false
    var inputCredit = 0
    var granted: [GuestStream: Int] = [:]
    var consumed: [GuestStream: Int] = [:]
    var openStreams: Set<GuestStream> = []
    var entriesLeft = 0
  }

  private var nextChannel: UInt32 = 1
  private var channels: [UInt32: Channel] = [:]
  private var isGreeted = false

  package init() {}

  /// How many requests are open.
  package var openChannels: Int { channels.count }

  /// Whether another request can be made.
  package var hasRoom: Bool { channels.count < GuestProtocol.maximumChannels }

  /// The frame that begins a session; what was open before is forgotten.
  package mutating func greet() -> GuestFrame {
    channels = [:]
    isGreeted = false
    return GuestMessage.hello(versions: GuestProtocol.versions, features: 0).frame(channel: 0)
  }

  /// Opens a channel for a request.
  package mutating func open(_ request: GuestMessage) -> (channel: UInt32, frame: GuestFrame) {
    while channels[nextChannel] != nil || nextChannel == 0 { nextChannel &+= 1 }
    let id = nextChannel
    nextChannel &+= 1
    var channel = Channel(type: request.type)
    switch request {
    case .execute(let execution):
      channel.isTerminal = execution.terminal != nil
      channel.inputCredit = execution.hasInput || channel.isTerminal ? GuestProtocol.inputWindow : 0
      channel.openStreams = channel.isTerminal ? [.output] : [.output, .error]
      channel.granted = [.output: Int(execution.outputCredit), .error: Int(execution.errorCredit)]
    case .upload: channel.inputCredit = GuestProtocol.inputWindow
    case .download(_, _, let credit):
      channel.openStreams = [.output]
      channel.granted = [.output: Int(credit)]
    case .list(_, let maximum): channel.entriesLeft = Int(maximum)
    default: break
    }
    channels[id] = channel
    return (id, request.frame(channel: id))
  }

  /// A frame about an open request; nil when it is over.
  package func order(_ message: GuestMessage, for id: UInt32) -> GuestFrame? {
    channels[id] == nil ? nil : message.frame(channel: id)
  }

  /// Takes credit for input, up to what is wanted; nil when the request is over.
  package mutating func takeInputCredit(_ id: UInt32, upTo wanted: Int) -> Int? {
    guard let channel = channels[id], !channel.isEnded else { return nil }
    let taken = min(wanted, channel.inputCredit, GuestProtocol.maximumPayload)
    channels[id]?.inputCredit -= taken
    return taken
  }

  /// Notes that output was read; the frame that grants more, once there is enough to grant.
  package mutating func consume(_ id: UInt32, _ stream: GuestStream, bytes: Int) -> GuestFrame? {
    guard var channel = channels[id], channel.openStreams.contains(stream) else { return nil }
    let consumed = channel.consumed[stream, default: 0] + bytes
    guard consumed >= GuestProtocol.outputWindow / 2 else {
      channels[id]?.consumed[stream] = consumed
      return nil
    }
    channel.consumed[stream] = 0
    channel.granted[stream, default: 0] += consumed
    channels[id] = channel
    return GuestMessage.credit(stream, UInt32(consumed)).frame(channel: id)
  }
}

extension GuestSession {
  /// Takes a frame of the guest; throws when the protocol does not allow it.
  package mutating func receive(_ frame: GuestFrame) throws(GuestProtocolError) -> Event {
    let message = try GuestMessage(frame)
    switch message {
    case .welcome(let greeting):
      guard !isGreeted, frame.channel == 0, GuestProtocol.versions.contains(greeting.protocolVersion) else {
        throw .unexpected(.welcome)
      }
      isGreeted = true
      return .greeted(greeting)
    case .error(let failure) where frame.channel == 0: return .refused(failure)
    case .pong: return .answeredPing
    case .hello, .ping, .execute, .upload, .download, .list, .remove, .makeDirectory, .metrics, .configure, .reseed,
      .freeze, .shutdown, .signal, .resize, .kill:
      throw .unexpected(frame.type)
    case .data, .credit, .error, .started, .ended, .done, .file, .entries: break
    }
    guard isGreeted, var channel = channels[frame.channel] else { throw .unexpected(frame.type) }
    let event = try receive(message, frame.channel, &channel)
    let isOver =
      switch event {
      case .done, .failed: true
      default: channel.type == .execute && channel.isEnded && channel.openStreams.isEmpty
      }
    channels[frame.channel] = isOver ? nil : channel
    return event
  }

  private func receive(
    _ message: GuestMessage, _ id: UInt32, _ channel: inout Channel
  ) throws(GuestProtocolError) -> Event {
    switch message {
    case .data(let stream, let bytes, let isLast):
      return try receive(bytes, of: stream, isLast: isLast, id, &channel)
    case .credit(let stream, let bytes):
      guard stream == .input, Int(bytes) <= GuestProtocol.inputWindow - channel.inputCredit else {
        throw .creditExceeded
      }
      channel.inputCredit += Int(bytes)
      return .inputAllowed(id)
    case .started(let processID):
      guard channel.type == .execute, !channel.isStarted else { throw .unexpected(.started) }
      channel.isStarted = true
      return .started(id, processID: processID)
    case .ended(let ending):
      guard channel.type == .execute, channel.isStarted || ending.flags.contains(.lost), !channel.isEnded else {
        throw .unexpected(.ended)
      }
      channel.isEnded = true
      return .ended(id, ending)
    case .file(let status):
      guard channel.type == .download, !channel.isStarted else { throw .unexpected(.file) }
      channel.isStarted = true
      return .file(id, status)
    case .entries(let entries):
      guard channel.type == .list, entries.count <= channel.entriesLeft else { throw .tooManyEntries }
      channel.entriesLeft -= entries.count
      return .entries(id, entries)
    case .done(let payload):
      guard channel.type != .execute else { throw .unexpected(.done) }
      return .done(id, payload)
    case .error(let failure):
      guard !channel.isEnded else { throw .unexpected(.error) }
      return .failed(id, failure)
    default: throw .unexpected(message.type)
    }
  }

  private func receive(
    _ bytes: [UInt8], of stream: GuestStream, isLast: Bool, _ id: UInt32, _ channel: inout Channel
  ) throws(GuestProtocolError) -> Event {
    guard channel.openStreams.contains(stream) else { throw .unexpected(.data) }
    guard bytes.count <= channel.granted[stream, default: 0] else { throw .creditExceeded }
    channel.granted[stream, default: 0] -= bytes.count
    guard isLast else { return .output(id, stream, bytes) }
    guard bytes.isEmpty else { throw .malformed(.data) }
    channel.openStreams.remove(stream)
    return .outputEnded(id, stream)
  }
}

extension GuestSession {
  /// Whether a request is open.
  package func isOpen(_ id: UInt32) -> Bool { channels[id] != nil }

  /// The streams of a request that have not ended.
  package func openStreams(_ id: UInt32) -> Set<GuestStream> { channels[id]?.openStreams ?? [] }
}
