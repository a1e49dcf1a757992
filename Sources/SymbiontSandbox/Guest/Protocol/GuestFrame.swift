/// One frame of the guest protocol.
package struct GuestFrame: Sendable, Hashable {
  /// The bits of the flags.
  package struct Flags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// The stream ends with this frame.
    package static let end = Flags(rawValue: 0x01)
    /// The request goes on in the next frame.
    package static let more = Flags(rawValue: 0x02)

    static let streamShift: UInt8 = 4
    static let streamMask: UInt8 = 0x30
    static let known: UInt8 = 0x33

    init(_ stream: GuestStream, isLast: Bool) {
      self.init(rawValue: stream.rawValue << Self.streamShift | (isLast ? Self.end.rawValue : 0))
    }

    var stream: GuestStream? { GuestStream(rawValue: (rawValue & Self.streamMask) >> Self.streamShift) }
  }

  package var type: GuestFrameType
  package var flags: Flags
  package var channel: UInt32
  package var payload: [UInt8]

  package init(type: GuestFrameType, flags: Flags = [], channel: UInt32, payload: [UInt8] = []) {
    self.type = type
    self.flags = flags
    self.channel = channel
    self.payload = payload
  }
}

/// One of a command's streams.
package enum GuestStream: UInt8, Sendable, Hashable, CaseIterable {
  case input = 0
  case output = 1
  case error = 2
}

extension GuestFrame {
  /// The frame as bytes; a request that is longer than a frame becomes several.
  package func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(GuestProtocol.headerBytes + payload.count)
    var start = 0
    repeat {
      let end = min(start + GuestProtocol.maximumPayload, payload.count)
      var writer = GuestPayloadWriter(bytes: bytes)
      writer.write(UInt32(end - start))
      writer.write(type.rawValue)
      writer.write(end < payload.count ? flags.union(.more).rawValue : flags.rawValue)
      writer.write(UInt16(0))
      writer.write(channel)
      bytes = writer.bytes
      bytes.append(contentsOf: payload[start..<end])
      start = end
    } while start < payload.count
    return bytes
  }
}
