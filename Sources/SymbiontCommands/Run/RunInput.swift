import SymbiontLanguage

/// The input of an execution as the command line gives it: JSON, `@FILE`, or `-` for standard input.
enum RunInput {
  /// The value; without a text, `null`.
  static func read(_ text: String?, maximum: Int) throws(CommandFailure) -> Value {
    guard let text else { return .null }
    let (bytes, name) = try bytes(text, maximum)
    guard !bytes.isEmpty else {
      throw CommandFailure(.inputNotJSON, "\(name) is empty", hint: "give JSON, for example '{\"topic\": \"disk\"}'")
    }
    do {
      return try ValueJSON.parse(bytes)
    } catch {
      throw CommandFailure(.inputNotJSON, "\(name): \(error)")
    }
  }

  private static func bytes(_ text: String, _ maximum: Int) throws(CommandFailure) -> ([UInt8], String) {
    let tooLarge = {
      CommandFailure(
        .inputTooLarge, "the input has more than \(maximum) bytes",
        hint: "pass large data as a file: `--file NAME=PATH`")
    }
    if text == "-" { return (try BoundedFile.read("-", maximum: maximum, tooLarge: tooLarge), "standard input") }
    guard text.hasPrefix("@") else {
      guard text.utf8.count <= maximum else { throw tooLarge() }
      return (Array(text.utf8), "the input")
    }
    let path = String(text.dropFirst())
    return (try BoundedFile.read(path, maximum: maximum, tooLarge: tooLarge), "`\(path)`")
  }
}
