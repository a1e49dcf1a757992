/// Builtins that read and write texts of a given form.
extension Engine {
  func callEncodingBuiltin(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    switch arguments.builtin {
    case .parseJSON: try parseJSON(arguments)
    case .toJSON: try newText(try json(arguments[0], style: .json))
    case .hash: try newText(Encodings.sha256Hex(try content(arguments)))
    case .hex: try newText(Encodings.hex(try content(arguments)))
    case .base64Encode: try newText(Encodings.base64(try content(arguments)))
    case .base64Decode: try decodeBase64(arguments)
    case .parseTime: try parseTime(arguments)
    default: try formatTime(arguments)
    }
  }

  /// The bytes of the first argument.
  ///
  /// What is made of them costs a step for each.
  private func content(_ arguments: BuiltinArguments) throws(Thrown) -> [UInt8] {
    let content = Array(try arguments.bytes(0))
    try spend(content.count)
    return content
  }

  private func parseJSON(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let parsed: Value
    let content = try content(arguments)
    do throws(JSONError) {
      parsed = try ValueJSON.parse(content)
    } catch {
      throw arguments.invalid(.formatError, error.description)
    }
    return try cell(parsed)
  }

  private func decodeBase64(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let encoded = try arguments.text(0)
    let decoded: [UInt8]
    do throws(EncodingTextError) {
      decoded = try Encodings.base64Decode(encoded)
    } catch {
      throw arguments.invalid(.formatError, error.description)
    }
    guard let text = String(validatingBytes: decoded, in: decoded.indices) else {
      throw arguments.invalid(.formatError, "the decoded bytes are not UTF-8 text")
    }
    return try newText(text)
  }

  private func parseTime(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let text = try arguments.text(0)
    do throws(TimeTextError) {
      return Cell(float: try TimeText.parse(text))
    } catch {
      throw arguments.invalid(.formatError, error.description)
    }
  }

  private func formatTime(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    guard arguments[0].isNumber else { throw arguments.wrong(0, "an int or a float") }
    let pattern = try arguments.text(1)
    let formatted: String
    do throws(TimeTextError) {
      formatted = try TimeText.format(secondsSinceEpoch: arguments[0].number, pattern: pattern)
    } catch {
      throw arguments.invalid(.formatError, error.description)
    }
    return try newText(formatted)
  }
}
