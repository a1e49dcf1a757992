/// Finds the frames in a stream of bytes.
///
/// It holds at most one frame that has not come completely, and what was read with it.
package struct GuestFrameDecoder: Sendable {
  private var bytes: [UInt8] = []
  private var start = 0

  package init() {}

  /// Adds bytes that were read.
  package mutating func append(_ read: UnsafeRawBufferPointer) {
    if start > 0 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes.append(contentsOf: read)
  }

  /// Takes the next whole frame; nil when there is none.
  package mutating func next() throws(GuestProtocolError) -> GuestFrame? {
    guard bytes.count - start >= GuestProtocol.headerBytes else { return nil }
    var reader = GuestPayloadReader(bytes[start...])
    guard let length = reader.readUInt32(), let type = reader.readUInt8(), let flags = reader.readUInt8(),
      let reserved = reader.readUInt16(), let channel = reader.readUInt32()
    else { return nil }
    guard length <= UInt32(GuestProtocol.maximumPayload) else { throw .frameTooLong(Int(length)) }
    guard let known = GuestFrameType(rawValue: type) else { throw .unknownType(type) }
    guard flags & ~GuestFrame.Flags.known == 0 else { throw .unknownFlags(flags) }
    guard reserved == 0 else { throw .reservedBytesSet }
    let payloadStart = start + GuestProtocol.headerBytes
    let end = payloadStart + Int(length)
    guard bytes.count >= end else { return nil }
    start = end
    return GuestFrame(
      type: known, flags: GuestFrame.Flags(rawValue: flags), channel: channel, payload: Array(bytes[payloadStart..<end])
    )
  }
}
