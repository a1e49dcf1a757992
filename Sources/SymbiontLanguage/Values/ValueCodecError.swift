/// Why bytes are not an encoded value.
///
/// Offsets count bytes from the start of the input.
public enum ValueCodecError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The first byte names a version of the format that this build does not read.
  case unsupportedVersion(UInt8)
  /// The input ends in the middle of something, or a length points beyond its end.
  case truncated(offset: Int)
  /// A byte that no value or type begins with.
  case unknownTag(UInt8, offset: Int)
  /// A number that is too large for its place, or written longer than needed.
  case malformedNumber(offset: Int)
  /// A string that is not UTF-8.
  case malformedText(offset: Int)
  /// A record with the same key twice.
  case duplicateKey(offset: Int)
  /// A reference to a type that the table does not have.
  case unknownType(UInt32, offset: Int)
  /// Nesting beyond the bound, ``ValueLimits/maximumDepth`` for values and ``TypeLimits/maximumDepth`` for types.
  case tooDeep(offset: Int)
  /// Bytes after the end of the value.
  case trailingBytes(offset: Int)

  /// What is wrong and where.
  public var description: String {
    switch self {
    case .unsupportedVersion(let version):
      "encoded value has format version `\(version)`, this build reads `\(ValueCodec.formatVersion)`"
    case .truncated(let offset): "encoded value ends too early at byte \(offset)"
    case .unknownTag(let tag, let offset): "unknown tag `\(tag)` at byte \(offset) of an encoded value"
    case .malformedNumber(let offset): "malformed number at byte \(offset) of an encoded value"
    case .malformedText(let offset): "text at byte \(offset) of an encoded value is not UTF-8"
    case .duplicateKey(let offset): "record key at byte \(offset) of an encoded value occurs twice"
    case .unknownType(let index, let offset): "unknown type `#\(index)` at byte \(offset) of an encoded type"
    case .tooDeep(let offset): "encoded value is nested too deep at byte \(offset)"
    case .trailingBytes(let offset): "encoded value has trailing bytes from byte \(offset)"
    }
  }
}
