import Dispatch
import SymbiontCore
import SymbiontSystem
import Synchronization

/// The connection to the first process of a sandbox, through which everything that happens in it is asked for.
///
/// Any number of requests can be open at once, up to the 64 of the protocol. When the guest is lost every open request
/// fails at once. When the connection goes, the guest kills everything that it started, and ends.
public final class GuestConnection: Sendable {
  struct State {
    var session = GuestSession()
    var decoder = GuestFrameDecoder()
    var calls: [UInt32: GuestCall] = [:]
    var greetingCall: GuestCall?
    var greeting: GuestGreeting?
    var loss: String?
    var workspacePath = GuestConnection.defaultWorkspacePath
  }

  /// Where a guest looks for the workspace unless it is configured otherwise.
  public static let defaultWorkspacePath = "/workspace"
  /// How long a request that only the guest itself works on may take: far longer than a loaded machine needs.
  static let requestTimeout = Duration.seconds(60)

  let state = Mutex(State())
  private let link: GuestLink
  private let reference: WeakReference

  /// The link's callbacks must not keep the connection alive.
  private final class WeakReference: Sendable {
    private struct Box: @unchecked Sendable {
      // Only touched inside the mutex.
      weak var connection: GuestConnection?
    }
    private let box = Mutex(Box())

    var connection: GuestConnection? {
      get { box.withLock { $0.connection } }
      set { box.withLock { $0.connection = newValue } }
    }
  }

  /// Takes a channel over; ``greet(timeout:)`` is to be called before anything else.
  public init(_ channel: GuestChannel) {
    let reference = WeakReference()
    self.reference = reference
    link = GuestLink(channel) { [reference] reason in reference.connection?.lose(reason) }
    reference.connection = self
    link.activate { [reference] bytes in reference.connection?.receive(bytes) }
  }

  deinit {
    link.close()
  }

  /// Whether requests can still be made.
  public var isOpen: Bool { state.withLock { $0.loss == nil } }

  /// What the guest said of itself; nil before the greeting.
  public var greeting: GuestGreeting? { state.withLock { $0.greeting } }

  /// Gives the connection up: every open request fails, and the guest kills everything.
  public func close() {
    lose("it was closed here")
  }

  // MARK: Receiving

  private func receive(_ bytes: UnsafeRawBufferPointer) {
    state.withLock { $0.decoder.append(bytes) }
    while true {
      let step = Result<(GuestSession.Event, GuestCall?)?, GuestProtocolError> { () throws(GuestProtocolError) in
        try state.withLock { state throws(GuestProtocolError) in
          guard state.loss == nil, let frame = try state.decoder.next() else { return nil }
          let event = try state.session.receive(frame)
          return (event, Self.call(for: event, frame.channel, &state))
        }
      }
      switch step {
      case .success(nil): return
      case .success((let event, let call)?): apply(event, to: call)
      case .failure(let error): return lose("the guest broke the protocol: \(error)")
      }
    }
  }

  private static func call(for event: GuestSession.Event, _ channel: UInt32, _ state: inout State) -> GuestCall? {
    switch event {
    case .greeted(let greeting):
      state.greeting = greeting
      return state.greetingCall
    case .done, .failed: return state.calls.removeValue(forKey: channel)
    default:
      let call = state.calls[channel]
      if !state.session.isOpen(channel) { state.calls[channel] = nil }
      return call
    }
  }

  private func apply(_ event: GuestSession.Event, to call: GuestCall?) {
    switch event {
    case .greeted: call?.change { $0.outcome = .done([]) }
    case .answeredPing, .ignored: break
    case .refused(let failure): lose("the guest refused it: \(failure.message)")
    case .started(_, let processID):
      call?.change {
        $0.isStarted = true
        $0.processID = processID
      }
    case .output(_, let stream, let bytes):
      call?.change { $0.chunks.append(GuestCall.Chunk(stream: stream, bytes: bytes)) }
    case .outputEnded(_, let stream): call?.change { $0.openStreams.remove(stream) }
    case .inputAllowed: call?.change { _ in }
    case .ended(_, let ending): call?.change { $0.outcome = .ended(ending) }
    case .file(_, let status):
      call?.change {
        $0.isStarted = true
        $0.file = status
      }
    case .entries(_, let entries): call?.change { $0.entries += entries }
    case .done(_, let payload): call?.change { $0.outcome = .done(payload) }
    case .failed(_, let failure): call?.change { $0.outcome = .failed(failure) }
    }
  }

  /// Ends the connection, once; every open request fails.
  func lose(_ reason: String) {
    let calls = state.withLock { state -> [GuestCall] in
      guard state.loss == nil else { return [] }
      state.loss = reason
      defer {
        state.calls = [:]
        state.greetingCall = nil
      }
      return Array(state.calls.values) + (state.greetingCall.map { [$0] } ?? [])
    }
    link.close()
    for call in calls {
      call.change { call in
        call.outcome = call.outcome ?? .lost(Self.lost(reason))
        call.openStreams = []
      }
    }
  }

  static func lost(_ reason: String) -> SandboxError {
    .executionFailed(reason: "the connection to the sandbox's first process ended: \(reason)")
  }

  // MARK: Sending

  /// Opens a request.
  func open(_ request: GuestMessage) throws(SandboxError) -> (channel: UInt32, call: GuestCall) {
    let opened = Result<(UInt32, GuestCall, [UInt8]), SandboxError> { () throws(SandboxError) in
      try state.withLock { state throws(SandboxError) in
        if let loss = state.loss { throw Self.lost(loss) }
        guard state.greeting != nil else { throw Self.lost("it was not greeted") }
        guard state.session.hasRoom else {
          throw .startFailed(
            reason: "\(GuestProtocol.maximumChannels) requests are open in the sandbox, and that is the most")
        }
        let (channel, frame) = state.session.open(request)
        guard frame.payload.count <= GuestProtocol.maximumRequest else {
          throw .commandInvalid(
            reason: "it has \(frame.payload.count) bytes, and \(GuestProtocol.maximumRequest) is the most")
        }
        let call = GuestCall(openStreams: state.session.openStreams(channel))
        state.calls[channel] = call
        return (channel, call, frame.encoded())
      }
    }
    let (channel, call, bytes) = try opened.get()
    link.send(bytes)
    return (channel, call)
  }

  /// Sends something about an open request; nothing when it is over.
  func send(_ message: GuestMessage, for channel: UInt32) {
    let frame = state.withLock { $0.session.order(message, for: channel) }
    if let frame { link.send(frame.encoded()) }
  }

  /// Grants the guest as much output as was read.
  func consume(_ channel: UInt32, _ chunk: GuestCall.Chunk) {
    let frame = state.withLock { $0.session.consume(channel, chunk.stream, bytes: chunk.bytes.count) }
    if let frame { link.send(frame.encoded()) }
  }

  /// Begins a session, in place of the one before.
  func sendGreeting(_ call: GuestCall) throws(SandboxError) {
    let opened = Result<GuestFrame, SandboxError> { () throws(SandboxError) in
      try state.withLock { state throws(SandboxError) in
        if let loss = state.loss { throw Self.lost(loss) }
        state.greetingCall = call
        return state.session.greet()
      }
    }
    link.send(try opened.get().encoded())
  }
}
