import SymbiontLanguage

/// Reads programs.
enum SourceFile {
  /// The text of a file; `-` is standard input.
  static func read(_ path: String) throws(CommandFailure) -> SourceText {
    let maximum = SourceText.maximumByteCount
    let bytes = try BoundedFile.read(path, maximum: maximum) {
      CommandFailure(.fileTooLarge, "`\(path)` has more than \(maximum) bytes, the most that a program may have")
    }
    let source = SourceText(name: path == "-" ? "standard input" : path, bytes: bytes)
    guard let offset = firstInvalidByte(bytes) else { return source }
    let position = source.position(at: UInt32(offset))
    throw CommandFailure(
      .fileNotText,
      "`\(path)` is not UTF-8 text: the byte `0x\(hex(bytes[offset]))` at line \(position.line), column "
        + "\(position.column) cannot stand there", hint: "save the file as UTF-8")
  }

  private static func firstInvalidByte(_ bytes: [UInt8]) -> Int? {
    do throws(Unicode.UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
      return nil
    } catch {
      return error.byteOffsets.lowerBound
    }
  }

  private static func hex(_ byte: UInt8) -> String { String(byte, radix: 16, uppercase: true) }
}
