/// The numbers of the guest protocol, version 1 (`docs/guest-protocol.md`).
package enum GuestProtocol {
  /// The first bytes of a greeting, `SYMB`.
  package static let magic: UInt32 = 0x424d_5953
  /// The versions that are spoken here.
  package static let versions: ClosedRange<UInt16> = 1...1
  /// The bytes in front of every payload.
  package static let headerBytes = 12
  /// The most that one frame carries.
  package static let maximumPayload = 65_536
  /// The most that a request of several frames carries.
  package static let maximumRequest = 1_048_576
  /// How many requests a guest serves at once.
  package static let maximumChannels = 64
  /// How much of one stream may be on its way or unread: a few times what a pipe holds, so that a command and its reader
  /// rarely wait for each other.
  package static let outputWindow = 262_144
  /// The credit for input that a new request has.
  package static let inputWindow = 131_072
}

/// What a frame says.
package enum GuestFrameType: UInt8, Sendable, Hashable, CaseIterable {
  case hello = 0x01
  case welcome = 0x02
  case error = 0x03
  case ping = 0x04
  case pong = 0x05
  case execute = 0x10
  case data = 0x11
  case credit = 0x12
  case signal = 0x13
  case resize = 0x14
  case kill = 0x15
  case upload = 0x20
  case download = 0x21
  case list = 0x22
  case remove = 0x23
  case makeDirectory = 0x24
  case metrics = 0x30
  case configure = 0x31
  case reseed = 0x32
  case freeze = 0x33
  case shutdown = 0x34
  case started = 0x40
  case ended = 0x42
  case done = 0x43
  case file = 0x44
  case entries = 0x45
}

/// Why bytes are not the guest protocol, or not now.
package enum GuestProtocolError: Error, Sendable, Hashable {
  case frameTooLong(Int)
  case unknownType(UInt8)
  case unknownFlags(UInt8)
  case reservedBytesSet
  case malformed(GuestFrameType)
  case unexpected(GuestFrameType)
  case creditExceeded
  case tooManyEntries
}

extension GuestProtocolError: CustomStringConvertible {
  /// What is wrong, for a message.
  package var description: String {
    switch self {
    case .frameTooLong(let bytes):
      "a frame of \(bytes) bytes is longer than the \(GuestProtocol.maximumPayload) that one may have"
    case .unknownType(let type): "a frame has the unknown type \(type)"
    case .unknownFlags(let flags): "a frame has the unknown flags \(flags)"
    case .reservedBytesSet: "the reserved bytes of a frame are not zero"
    case .malformed(let type): "a frame of type `\(type)` is malformed"
    case .unexpected(let type): "a frame of type `\(type)` came when none was due"
    case .creditExceeded: "more output came than there was credit for"
    case .tooManyEntries: "more entries came than were asked for"
    }
  }
}
