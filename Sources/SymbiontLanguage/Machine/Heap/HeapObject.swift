/// How objects lie in the heap and among the constants, in words of 64 bits.
///
///     string, secret   header | scalar count, hash | UTF-8, padded with zeros
///     array            header | capacity           | tag, bits for each element
///     record           header | capacity           | key handle, tag, bits for each field | hash index when large
///     closure          header | function           | tag, bits for each capture
///
/// The header holds the kind (8 bits), flags (8 bits) and the count of bytes, elements, fields or captures (upper 32 bits).
enum HeapObject {
  /// Words before the content.
  @inline(__always) static var headerWords: Int { 2 }
  /// Words of an element or capture.
  @inline(__always) static var elementWords: Int { 2 }
  /// Words of a field.
  @inline(__always) static var fieldWords: Int { 3 }
  /// Bytes of a word.
  @inline(__always) static var wordBytes: Int { 8 }
  /// Records with more capacity than this have a hash index.
  @inline(__always) static var linearSearchCapacity: Int { 8 }

  /// The kinds.
  ///
  /// The first byte of a header is the tag of the cells that refer to the object.
  enum Flag {
    /// More than one reference may exist: copy before writing.
    @inline(__always) static var shared: UInt64 { 1 << 8 }
    /// A string that is all ASCII: scalar positions are byte positions.
    @inline(__always) static var ascii: UInt64 { 1 << 9 }
    /// A record with at least one key that is no constant.
    @inline(__always) static var dynamicKeys: UInt64 { 1 << 10 }
    /// Collected: the upper half is the new handle.
    @inline(__always) static var forwarded: UInt64 { 1 << 11 }
  }

  @inline(__always) static func kind(_ header: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: header) }
  @inline(__always) static func count(_ header: UInt64) -> Int { Int(truncatingIfNeeded: header >> 32) }
  @inline(__always) static func isShared(_ header: UInt64) -> Bool { header & Flag.shared != 0 }

  /// A header.
  @inline(__always) static func header(kind: UInt8, count: Int, flags: UInt64 = 0) -> UInt64 {
    UInt64(kind) | flags | UInt64(truncatingIfNeeded: count) << 32
  }

  @inline(__always) static func stringWords(byteCount: Int) -> Int {
    headerWords + (byteCount + wordBytes - 1) / wordBytes
  }
  @inline(__always) static func arrayWords(capacity: Int) -> Int { headerWords + capacity * elementWords }
  @inline(__always) static func closureWords(captureCount: Int) -> Int { headerWords + captureCount * elementWords }
  static func recordWords(capacity: Int) -> Int {
    headerWords + capacity * fieldWords + indexWords(capacity: capacity)
  }

  /// Slots of a large record's hash index: a power of two, at most half of them used.
  static func indexSlots(capacity: Int) -> Int {
    guard capacity > linearSearchCapacity else { return 0 }
    return 1 << (Int.bitWidth - (capacity * 2 - 1).leadingZeroBitCount)
  }

  /// Words of the hash index; two slots of 32 bits a word.
  static func indexWords(capacity: Int) -> Int { indexSlots(capacity: capacity) / 2 }

  /// The words of the object that begins at this address.
  static func words(at object: UnsafePointer<UInt64>) -> Int {
    let header = object[0]
    switch kind(header) {
    case Tag.string, Tag.secret: return stringWords(byteCount: count(header))
    case Tag.array: return arrayWords(capacity: capacity(at: object))
    case Tag.record: return recordWords(capacity: capacity(at: object))
    default: return closureWords(captureCount: count(header))
    }
  }

  /// The cell that begins at a word of an object.
  @inline(__always) static func cell(_ word: UnsafeMutablePointer<UInt64>) -> UnsafeMutablePointer<Cell> {
    // Cells lie in objects as in registers: the tag in the first byte of a word, then the bits.
    UnsafeMutableRawPointer(word).assumingMemoryBound(to: Cell.self)
  }

  /// The capacity of an array or record.
  @inline(__always) static func capacity(at object: UnsafePointer<UInt64>) -> Int {
    Int(truncatingIfNeeded: object[1] & 0xFFFF_FFFF)
  }
}
