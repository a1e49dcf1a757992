import Glibc
import SymbiontSystem

/// Bytes that are read in order, by one thread.
protocol ByteSource: AnyObject {
  /// Reads at most as many bytes as the buffer has; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int
}

extension ByteSource {
  /// Reads until the buffer is full or the source ends.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
    var count = 0
    while count < buffer.count {
      let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      if read == 0 { break }
      count += read
    }
    return count
  }

  /// Everything up to the end; refused when it is more than the maximum.
  func all(atMost maximum: Int, of what: String) throws(ImageError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: ByteChunk.size)
    while true {
      let count = try chunk.reading { buffer throws(ImageError) in try read(into: buffer) }
      if count == 0 { return bytes }
      guard bytes.count + count <= maximum else { throw .invalid("\(what) has more than \(maximum) bytes") }
      bytes += chunk[..<count]
    }
  }

  /// Reads to the end and drops what is read.
  func drain() throws(ImageError) {
    var chunk = [UInt8](repeating: 0, count: ByteChunk.size)
    while try chunk.reading({ buffer throws(ImageError) in try read(into: buffer) }) > 0 {}
  }
}

/// How much is read at a time.
enum ByteChunk {
  static let size = 131_072
}

extension [UInt8] {
  /// Lets the body write into the array, and returns what it returns.
  mutating func reading(
    _ body: (UnsafeMutableRawBufferPointer) throws(ImageError) -> Int
  ) throws(ImageError) -> Int {
    let result: Result<Int, ImageError> = withUnsafeMutableBytes { buffer in
      do throws(ImageError) {
        return .success(try body(buffer))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

/// Bytes that can be passed over without reading them.
protocol SkippingSource: ByteSource {
  /// Goes on behind a number of bytes.
  func skip(_ count: UInt64)
}

/// A part of a file.
final class FileWindow: SkippingSource {
  private let file: Descriptor
  private var offset: UInt64
  private var left: UInt64

  /// Makes a source of a number of bytes from an offset.
  init(_ file: Descriptor, offset: UInt64 = 0, count: UInt64) {
    self.file = file
    self.offset = offset
    left = count
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
    let wanted = Int(min(UInt64(buffer.count), left))
    guard wanted > 0 else { return 0 }
    while true {
      let count = file.use { pread($0, buffer.baseAddress, wanted, off_t(offset)) }
      if count >= 0 {
        offset += UInt64(count)
        left -= UInt64(count)
        return count
      }
      guard errno == EINTR else { throw .failed("read the image", .last) }
    }
  }

  func skip(_ count: UInt64) {
    let count = min(count, left)
    offset += count
    left -= count
  }
}

/// Bytes in memory.
final class ByteArraySource: ByteSource {
  private var rest: ArraySlice<UInt8>

  /// Makes a source of the bytes.
  init(_ bytes: [UInt8]) {
    rest = bytes[...]
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
    let part = rest.prefix(buffer.count)
    buffer.copyBytes(from: part)
    rest = rest.dropFirst(part.count)
    return part.count
  }
}
