/// Bounds on what the text functions produce, for callers that have none of their own.
public enum TextLimits {
  /// How many bytes a produced text may have: sixteen mebibytes, as a source file.
  public static let maximumByteCount = 16 << 20

  /// How many pieces a text may be split into.
  public static let maximumPieceCount = 1 << 20
}

/// Why a text function has no answer.
public enum TextError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The result would be longer than allowed.
  case tooLong(maximumByteCount: Int)
  /// The text would fall into more pieces than allowed.
  case tooManyPieces(maximum: Int)
  /// There is nothing to search for.
  case emptyPattern

  /// What happened.
  public var description: String {
    switch self {
    case .tooLong(let maximum): "the resulting text would be longer than \(maximum) bytes"
    case .tooManyPieces(let maximum): "the text would fall into more than \(maximum) pieces"
    case .emptyPattern: "cannot replace an empty text; give the text to look for"
    }
  }
}
