/// The language's functions on strings.
///
/// A string is a sequence of Unicode scalars: it is measured, sliced and compared by them, without normalization and
/// without regard to a locale. Everything takes time linear in its input.
public enum StringText {
  /// How many Unicode scalars a text has.
  public static func length(_ text: String) -> Int {
    text.utf8Span.isKnownASCII ? text.utf8.count : text.unicodeScalars.count
  }

  /// The scalars from `start` up to but without `end`; bounds beyond the text are moved into it.
  public static func slice(_ text: String, from start: Int, to end: Int = .max) -> String {
    let lower = max(start, 0)
    guard end > lower else { return "" }
    if text.utf8Span.isKnownASCII {
      let bytes = text.utf8
      return String(bytes.dropFirst(lower).prefix(end - lower)) ?? ""
    }
    return String(text.unicodeScalars.dropFirst(lower).prefix(end - lower))
  }

  /// The scalar at an index, or nothing when the text has none there.
  public static func scalar(_ text: String, at index: Int) -> String? {
    guard index >= 0 else { return nil }
    let found = slice(text, from: index, to: index == .max ? index : index + 1)
    return found.isEmpty ? nil : found
  }

  /// The scalars of a text, each as a text.
  public static func scalars(
    _ text: String, maximumCount: Int = TextLimits.maximumPieceCount
  ) throws(TextError) -> [String] {
    let scalars = text.unicodeScalars
    guard text.utf8.count <= maximumCount || scalars.count <= maximumCount else {
      throw .tooManyPieces(maximum: maximumCount)
    }
    return scalars.map { String($0) }
  }

  /// The scalars of a text in reverse order.
  public static func reversed(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.reversed() { result.append(scalar) }
    return String(result)
  }

  /// Whether a text occurs in another; the empty text occurs everywhere.
  public static func contains(_ text: String, _ pattern: String) -> Bool {
    ByteSearch(Array(pattern.utf8)).first(in: Array(text.utf8)) != nil
  }

  /// Whether a text begins with another.
  public static func startsWith(_ text: String, _ prefix: String) -> Bool {
    text.utf8.starts(with: prefix.utf8)
  }

  /// Whether a text ends with another.
  public static func endsWith(_ text: String, _ suffix: String) -> Bool {
    text.utf8.reversed().starts(with: suffix.utf8.reversed())
  }

  /// The pieces of a text between the occurrences of a separator, empty ones included; an empty separator separates the
  /// scalars.
  public static func split(
    _ text: String, separator: String, maximumCount: Int = TextLimits.maximumPieceCount
  ) throws(TextError) -> [String] {
    if separator.isEmpty { return try scalars(text, maximumCount: maximumCount) }
    let bytes = Array(text.utf8)
    let search = ByteSearch(Array(separator.utf8))
    var pieces: [String] = []
    var start = 0
    while let found = search.first(in: bytes, from: start) {
      guard pieces.count + 1 < maximumCount else { throw .tooManyPieces(maximum: maximumCount) }
      pieces.append(String(decoding: bytes[start..<found], as: UTF8.self))
      start = found + search.count
    }
    guard pieces.count < maximumCount else { throw .tooManyPieces(maximum: maximumCount) }
    pieces.append(String(decoding: bytes[start...], as: UTF8.self))
    return pieces
  }

  /// The texts one after the other with a separator in between.
  public static func join(
    _ pieces: [String], separator: String, maximumByteCount: Int = TextLimits.maximumByteCount
  ) throws(TextError) -> String {
    var result = ""
    for (index, piece) in pieces.enumerated() {
      let separatorCount = index > 0 ? separator.utf8.count : 0
      guard result.utf8.count + separatorCount + piece.utf8.count <= maximumByteCount else {
        throw .tooLong(maximumByteCount: maximumByteCount)
      }
      if index > 0 { result += separator }
      result += piece
    }
    return result
  }

  /// The text with every occurrence of `pattern` replaced, from the left, without looking at what was put in.
  public static func replace(
    _ text: String, _ pattern: String, with replacement: String, maximumByteCount: Int = TextLimits.maximumByteCount
  ) throws(TextError) -> String {
    guard !pattern.isEmpty else { throw .emptyPattern }
    let bytes = Array(text.utf8)
    let replacementBytes = Array(replacement.utf8)
    let search = ByteSearch(Array(pattern.utf8))
    var result: [UInt8] = []
    var start = 0
    while let found = search.first(in: bytes, from: start) {
      guard result.count + (found - start) + replacementBytes.count <= maximumByteCount else {
        throw .tooLong(maximumByteCount: maximumByteCount)
      }
      result += bytes[start..<found]
      result += replacementBytes
      start = found + search.count
    }
    guard start > 0 else { return text }
    guard result.count + (bytes.count - start) <= maximumByteCount else {
      throw .tooLong(maximumByteCount: maximumByteCount)
    }
    result += bytes[start...]
    return String(decoding: result, as: UTF8.self)
  }

  /// The text without white space (Unicode `White_Space`) at its ends.
  public static func trim(_ text: String) -> String {
    var rest = text.unicodeScalars[...]
    while let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
    return String(rest)
  }

  /// The text in upper case, by Unicode's full mappings: `ß` becomes `SS`.
  public static func upper(_ text: String) -> String { text.uppercased() }

  /// The text in lower case, by Unicode's full mappings.
  public static func lower(_ text: String) -> String { text.lowercased() }
}
