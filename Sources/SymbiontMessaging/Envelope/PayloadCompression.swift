import CZlib
import SymbiontCore

/// Makes payloads smaller before they are sealed, and restores them to a size that is known beforehand.
enum PayloadCompression {
  /// The compressed payload; nil when it would not be smaller.
  static func compress(_ payload: [UInt8]) -> [UInt8]? {
    guard payload.count > 1 else { return nil }
    let room = payload.count - 1
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      var written = uLong(room)
      let code = compress2(buffer.baseAddress, &written, payload, uLong(payload.count), Z_DEFAULT_COMPRESSION)
      count = code == Z_OK ? Int(written) : 0
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// The payload of exactly this size; nil when the bytes are not all of it, or hold more.
  ///
  /// Never more than the size is written, whatever the bytes claim.
  static func decompress(_ bytes: [UInt8], size: Int) -> [UInt8]? {
    var isWhole = false
    let payload = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var written = uLong(size)
      var read = uLong(bytes.count)
      let code = uncompress2(buffer.baseAddress, &written, bytes, &read)
      isWhole = code == Z_OK && Int(written) == size && Int(read) == bytes.count
      count = isWhole ? size : 0
    }
    return isWhole ? payload : nil
  }
}
