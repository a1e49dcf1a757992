import Crypto

/// Passes bytes on, counts them, and computes their digest.
final class DigestingSource: ByteSource {
  private let source: any ByteSource
  private let maximum: UInt64
  private let what: String
  private var hash = SHA256()
  /// How many bytes were read.
  private(set) var count: UInt64 = 0

  /// Makes a source that refuses to pass on more than the maximum.
  init(_ source: any ByteSource, atMost maximum: UInt64 = .max, of what: String) {
    self.source = source
    self.maximum = maximum
    self.what = what
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
    let read = try source.read(into: buffer)
    count += UInt64(read)
    guard count <= maximum else { throw .invalid("\(what) has more than \(maximum) bytes") }
    hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<read]))
    return read
  }

  /// The digest of what was read so far.
  var digest: ImageDigest { ImageDigest(hash.finalize()) }
}
