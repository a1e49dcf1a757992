/// The text of one `.symbi` file: its name, its UTF-8 bytes and where its lines start.
///
/// Offsets are byte offsets into ``bytes``. A text holds at most ``maximumByteCount`` bytes.
public struct SourceText: Sendable, Hashable {
  /// Sixteen mebibytes: offsets fit 32 bits with room, and no program written by people comes near it.
  public static let maximumByteCount = 16 << 20

  /// The name shown in diagnostics, as the user gave it.
  public let name: String
  /// The UTF-8 bytes of the text.
  public let bytes: [UInt8]
  /// The byte offset at which each line starts; the first is 0.
  public let lineStarts: [UInt32]
  /// Whether bytes after ``maximumByteCount`` were dropped.
  public let isTruncated: Bool

  /// Takes a text.
  ///
  /// Bytes after ``maximumByteCount`` are dropped; the lexer reports a text that was cut.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    isTruncated = bytes.count > Self.maximumByteCount
    self.bytes = bytes.count > Self.maximumByteCount ? Array(bytes[..<Self.maximumByteCount]) : bytes
    var starts: [UInt32] = [0]
    for (offset, byte) in self.bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(UInt32(offset + 1))
    }
    lineStarts = starts
  }

  /// Takes a text given as a string.
  public init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// The line and column of a byte offset; an offset past the end is the end's position.
  public func position(at offset: UInt32) -> SourcePosition {
    let clamped = min(offset, UInt32(bytes.count))
    let line = line(at: clamped)
    let start = Int(lineStarts[line - 1])
    // Columns count Unicode scalars: continuation bytes (0b10xxxxxx) do not advance.
    let column = bytes[start..<Int(clamped)].reduce(1) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    return SourcePosition(offset: clamped, line: line, column: column)
  }

  /// The line of a byte offset, counted from 1.
  public func line(at offset: UInt32) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The text of a range, with invalid UTF-8 repaired.
  public func text(_ range: Range<UInt32>) -> String {
    let lower = min(Int(range.lowerBound), bytes.count)
    let upper = min(Int(range.upperBound), bytes.count)
    return String(decoding: bytes[lower..<max(lower, upper)], as: UTF8.self)
  }
}

/// A place in a source text.
public struct SourcePosition: Sendable, Hashable, Codable {
  /// The byte offset from the start of the text.
  public let offset: UInt32
  /// The line, counted from 1.
  public let line: Int
  /// The column in Unicode scalars, counted from 1.
  public let column: Int

  /// Makes a position.
  public init(offset: UInt32, line: Int, column: Int) {
    self.offset = offset
    self.line = line
    self.column = column
  }
}
