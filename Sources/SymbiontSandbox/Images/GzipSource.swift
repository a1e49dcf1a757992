import CZlib

/// Unpacks what gzip packed (RFC 1952), also when it is several such streams in a row.
final class GzipSource: ByteSource {
  private let source: any ByteSource
  private let stream: UnsafeMutablePointer<z_stream>
  private var input = [UInt8](repeating: 0, count: ByteChunk.size)
  private var available: Range<Int> = 0..<0
  private var isInside = false
  private var hasEnded = false

  /// The largest window, and that a gzip header is expected: see `inflateInit2` of zlib.
  private static let windowBits: Int32 = 15 + 16

  /// Makes a source of a packed one.
  init(_ source: any ByteSource) throws(ImageError) {
    self.source = source
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let code = inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      stream.deallocate()
      throw .failed("zlib could not begin: \(code)")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    while !hasEnded {
      if available.isEmpty {
        available = 0..<(try input.reading { chunk throws(ImageError) in try source.read(into: chunk) })
        if available.isEmpty {
          guard !isInside else { throw .invalid("its gzip stream ends too early") }
          hasEnded = true
          break
        }
      }
      let written = try inflate(into: buffer)
      if written > 0 { return written }
    }
    return 0
  }

  private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
    isInside = true
    let code = input.withUnsafeMutableBufferPointer { chunk in
      stream.pointee.next_in = chunk.baseAddress.map { $0 + available.lowerBound }
      stream.pointee.avail_in = UInt32(available.count)
      stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(min(buffer.count, Int(UInt32.max)))
      return CZlib.inflate(stream, Z_NO_FLUSH)
    }
    available = (available.upperBound - Int(stream.pointee.avail_in))..<available.upperBound
    let written = min(buffer.count, Int(UInt32.max)) - Int(stream.pointee.avail_out)
    switch code {
    case Z_STREAM_END:
      isInside = false
      inflateReset(stream)
    case Z_OK, Z_BUF_ERROR:
      break
    default:
      throw .invalid("its gzip stream is damaged")
    }
    return written
  }
}
