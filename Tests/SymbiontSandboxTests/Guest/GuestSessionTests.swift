import Testing

@testable import SymbiontSandbox

@Suite("The session with a guest")
struct GuestSessionTests {
  private static let greeting = GuestGreeting(
    protocolVersion: 1, maximumChannels: 64, processID: 1, features: 0, kernel: "", hostname: "", bootIdentity: "")

  private static func greeted() throws -> GuestSession {
    var session = GuestSession()
    _ = session.greet()
    _ = try session.receive(GuestMessage.welcome(greeting).frame(channel: 0))
    return session
  }

  private static func running() throws -> (session: GuestSession, channel: UInt32) {
    var session = try greeted()
    var execution = GuestExecution()
    execution.arguments = ["true"]
    execution.hasInput = true
    let channel = session.open(.execute(execution)).channel
    _ = try session.receive(GuestMessage.started(processID: 9).frame(channel: channel))
    return (session, channel)
  }

  @Test("refuses what comes before the greeting")
  func ungreeted() {
    var session = GuestSession()
    #expect(throws: GuestProtocolError.unexpected(.started)) {
      try session.receive(GuestMessage.started(processID: 1).frame(channel: 1))
    }
  }

  @Test("refuses a second welcome and one of another version")
  func welcomes() throws {
    var session = try Self.greeted()
    #expect(throws: GuestProtocolError.unexpected(.welcome)) {
      try session.receive(GuestMessage.welcome(Self.greeting).frame(channel: 0))
    }
    var other = GuestSession()
    var greeting = Self.greeting
    greeting.protocolVersion = 2
    #expect(throws: GuestProtocolError.unexpected(.welcome)) {
      try other.receive(GuestMessage.welcome(greeting).frame(channel: 0))
    }
  }

  @Test("refuses what only a host may say")
  func reversed() throws {
    var (session, channel) = try Self.running()
    for message in [GuestMessage.kill, .metrics, .shutdown, .signal(9), .freeze(true)] {
      #expect(throws: GuestProtocolError.unexpected(message.type)) {
        try session.receive(message.frame(channel: channel))
      }
    }
  }

  @Test("refuses answers that do not fit their request, or come twice")
  func misfits() throws {
    var (session, channel) = try Self.running()
    let misfits: [GuestMessage] = [
      .started(processID: 1), .done([]), .file(GuestFileStatus(size: 1, permissions: 1, modifiedNanoseconds: 1)),
      .data(.input, [1], isLast: false),
    ]
    for message in misfits {
      #expect(throws: GuestProtocolError.self) { try session.receive(message.frame(channel: channel)) }
    }
    #expect(throws: GuestProtocolError.unexpected(.done)) {
      try session.receive(GuestMessage.done([]).frame(channel: channel + 1))
    }
  }

  @Test("refuses more output than there is credit for, and grants more when it was read")
  func outputCredit() throws {
    var (session, channel) = try Self.running()
    let piece = [UInt8](repeating: 0, count: GuestProtocol.maximumPayload)
    let pieces = GuestProtocol.outputWindow / piece.count
    for _ in 0..<pieces {
      _ = try session.receive(GuestMessage.data(.output, piece, isLast: false).frame(channel: channel))
    }
    var exceeded = session
    #expect(throws: GuestProtocolError.creditExceeded) {
      try exceeded.receive(GuestMessage.data(.output, [1], isLast: false).frame(channel: channel))
    }
    #expect(session.consume(channel, .output, bytes: 1) == nil)
    let credit = session.consume(channel, .output, bytes: GuestProtocol.outputWindow / 2)
    #expect(credit == GuestMessage.credit(.output, UInt32(GuestProtocol.outputWindow / 2 + 1)).frame(channel: channel))
    _ = try session.receive(GuestMessage.data(.output, [1], isLast: false).frame(channel: channel))
  }

  @Test("gives no more credit for input than the guest has granted")
  func inputCredit() throws {
    var (session, channel) = try Self.running()
    var taken = 0
    while let credit = session.takeInputCredit(channel, upTo: .max), credit > 0 { taken += credit }
    #expect(taken == GuestProtocol.inputWindow)
    _ = try session.receive(GuestMessage.credit(.input, 10).frame(channel: channel))
    #expect(session.takeInputCredit(channel, upTo: 100) == 10)
    #expect(throws: GuestProtocolError.creditExceeded) {
      try session.receive(
        GuestMessage.credit(.input, UInt32(GuestProtocol.inputWindow) + 1).frame(channel: channel))
    }
  }

  @Test("closes a command's channel when it has ended and both streams have, in any order")
  func closing() throws {
    let ending = GuestMessage.ended(
      GuestEnding(
        isSignalled: false, flags: [], code: 0, elapsedNanoseconds: 1, userMicroseconds: 0, systemMicroseconds: 0,
        peakMemoryBytes: 0))
    let frames: [GuestMessage] = [.data(.output, [], isLast: true), .data(.error, [], isLast: true), ending]
    for order in [[0, 1, 2], [0, 2, 1], [2, 0, 1], [1, 0, 2], [1, 2, 0], [2, 1, 0]] {
      var (session, channel) = try Self.running()
      for (step, index) in order.enumerated() {
        #expect(session.isOpen(channel), "before step \(step) of \(order)")
        _ = try session.receive(frames[index].frame(channel: channel))
      }
      #expect(!session.isOpen(channel), "after \(order)")
      #expect(session.order(.kill, for: channel) == nil)
      #expect(session.takeInputCredit(channel, upTo: 1) == nil)
    }
  }

  @Test("has room for as many requests as a guest serves")
  func room() throws {
    var session = try Self.greeted()
    var opened: Set<UInt32> = []
    for _ in 0..<GuestProtocol.maximumChannels {
      #expect(session.hasRoom)
      opened.insert(session.open(.metrics).channel)
    }
    #expect(opened.count == GuestProtocol.maximumChannels)
    #expect(!session.hasRoom)
    _ = try session.receive(GuestMessage.done([]).frame(channel: 1))
    #expect(session.hasRoom)
  }

  @Test("refuses more entries than were asked for")
  func entries() throws {
    var session = try Self.greeted()
    let channel = session.open(.list(path: "", maximum: 2)).channel
    let entry = GuestFileEntry(name: "a", mode: 0, size: 0, modifiedNanoseconds: 0)
    _ = try session.receive(GuestMessage.entries([entry]).frame(channel: channel))
    #expect(throws: GuestProtocolError.tooManyEntries) {
      try session.receive(GuestMessage.entries([entry, entry]).frame(channel: channel))
    }
  }
}
