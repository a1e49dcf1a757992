/// The 512 bytes before every entry of a tar archive, read as POSIX (ustar) and GNU tar write them.
struct TarHeader: Sendable, Hashable {
  /// The bytes of a header, and what everything is padded to.
  static let size = 512

  /// The letter that says what follows.
  var type: UInt8
  /// The name with the directories before it.
  var name: [UInt8]
  var target: [UInt8]
  var mode: UInt32
  var userID: UInt64
  var groupID: UInt64
  var size: UInt64
  var modified: Int64

  private static let checksumRange = 148..<156
  private static let blank = UInt8(ascii: " ")

  /// Reads a header that is not all zeros; refuses one whose checksum is wrong.
  init(_ block: [UInt8]) throws(ImageError) {
    guard block.count == Self.size, try Self.checksum(of: block) else {
      throw .invalid("it is not a tar archive, or damaged: the checksum of a header is wrong")
    }
    type = block[156]
    target = Self.text(block[157..<257])
    mode = UInt32(truncatingIfNeeded: try Self.number(block[100..<108], "mode"))
    userID = try Self.positive(block[108..<116], "owner")
    groupID = try Self.positive(block[116..<124], "group")
    size = try Self.positive(block[124..<136], "size")
    modified = try Self.number(block[136..<148], "time")
    let prefix = Array("ustar\0".utf8) == Array(block[257..<263]) ? Self.text(block[345..<500]) : []
    let name = Self.text(block[0..<100])
    self.name = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
  }

  /// Whether a block is all zeros, which ends an archive.
  static func isEnd(_ block: [UInt8]) -> Bool { block.allSatisfy { $0 == 0 } }

  /// Old programs added signed bytes, so either sum is right.
  private static func checksum(of block: [UInt8]) throws(ImageError) -> Bool {
    let expected = try number(block[checksumRange], "checksum")
    var (unsigned, signed) = (0, 0)
    for (index, byte) in block.enumerated() {
      let byte = checksumRange.contains(index) ? blank : byte
      unsigned += Int(byte)
      signed += Int(Int8(bitPattern: byte))
    }
    return expected == Int64(unsigned) || expected == Int64(signed)
  }

  private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

  private static func positive(_ field: ArraySlice<UInt8>, _ what: String) throws(ImageError) -> UInt64 {
    guard let value = UInt64(exactly: try number(field, what)) else {
      throw .invalid("the \(what) of an entry is negative")
    }
    return value
  }

  /// A number in digits of base 8 with blanks or zero bytes around, or, when the first bit is set, in base 256.
  private static func number(_ field: ArraySlice<UInt8>, _ what: String) throws(ImageError) -> Int64 {
    guard let first = field.first, first & 0x80 == 0 else { return try largeNumber(field, what) }
    let digits = field.drop { $0 == blank }.prefix { $0 != blank && $0 != 0 }
    var value: Int64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit), value <= Int64.max >> 3 else {
        throw .invalid("the \(what) of an entry is not a number of base 8")
      }
      value = value << 3 | Int64(digit - UInt8(ascii: "0"))
    }
    return value
  }

  private static func largeNumber(_ field: ArraySlice<UInt8>, _ what: String) throws(ImageError) -> Int64 {
    // The bit after the first is the sign.
    let isNegative = (field.first ?? 0) & 0x40 != 0
    var value: Int64 = isNegative ? -1 : 0
    for (index, byte) in field.enumerated() {
      let byte = index == 0 ? (isNegative ? byte | 0x80 : byte & 0x7F) : byte
      guard value <= Int64.max >> 8, value >= Int64.min >> 8 else {
        throw .invalid("the \(what) of an entry does not fit 64 bits")
      }
      value = value << 8 | Int64(byte)
    }
    return value
  }
}
