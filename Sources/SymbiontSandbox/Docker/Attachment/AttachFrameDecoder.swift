import NIOCore

/// Takes the output of a container apart, in which the engine has put an eight-byte header in front of each piece: the
/// stream, three zero bytes, and the length with the highest byte first (`ContainerAttach` of the API, "Stream format").
///
/// Pieces are handed out as their bytes come, so a frame of any length needs no memory.
struct AttachFrameDecoder: Sendable {
  /// A stream of the container.
  enum Stream: UInt8, Sendable, Hashable {
    case standardOutput = 1
    case standardError = 2
    /// What the engine says itself when it cannot go on.
    case engineError = 3
  }

  /// Some bytes of a stream; never empty.
  struct Piece: Sendable, Hashable {
    var stream: Stream
    var bytes: ByteBuffer
  }

  /// Why bytes are not such output.
  enum Failure: Error, Sendable, Hashable {
    /// The header is none: the number of the stream is unknown, or the bytes that are zero are not.
    case headerInvalid([UInt8])
    /// The end came inside of a header or a frame.
    case truncated
  }

  static let headerBytes = 8
  private static let lengthOffset = 4

  private var header: [UInt8] = []
  private var stream: Stream?
  private var remaining = 0

  /// Takes the next piece from the front of the bytes; nil when it took all and needs more.
  mutating func next(_ input: inout ByteBuffer) throws(Failure) -> Piece? {
    while true {
      if let stream, remaining > 0 {
        guard let bytes = input.readSlice(length: min(remaining, input.readableBytes)), bytes.readableBytes > 0 else {
          return nil
        }
        remaining -= bytes.readableBytes
        return Piece(stream: stream, bytes: bytes)
      }
      let missing = min(Self.headerBytes - header.count, input.readableBytes)
      header.append(contentsOf: input.readBytes(length: missing) ?? [])
      guard header.count == Self.headerBytes else { return nil }
      guard let kind = Stream(rawValue: header[0]), header[1..<Self.lengthOffset].allSatisfy({ $0 == 0 }) else {
        throw .headerInvalid(header)
      }
      stream = kind
      remaining = header[Self.lengthOffset...].reduce(0) { $0 << 8 | Int($1) }
      header.removeAll(keepingCapacity: true)
    }
  }

  /// Checks that the output may end here.
  func finish() throws(Failure) {
    guard remaining == 0, header.isEmpty else { throw .truncated }
  }
}
