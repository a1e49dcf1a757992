import ArgumentParser
import SymbiontLanguage

/// `symbi fmt`: writes programs in their one normal layout.
struct FormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Formats programs.",
    discussion: """
      Files are replaced as a whole and keep their permissions. Exit status: 0 done, 1 a file is not formatted
      (`--check`), 2 a file has syntax errors and was left as it is.
      """)

  @Argument(help: "The programs.", completion: .file(extensions: ["symbi", "dsl"]))
  var files: [String] = []

  @Flag(help: "Only report files that are not formatted.")
  var check = false

  @Flag(help: "Format standard input to standard output.")
  var stdin = false

  func validate() throws {
    guard stdin != !files.isEmpty else {
      throw ValidationError("give either files or `--stdin`")
    }
  }

  func run() throws {
    guard !stdin else { return try formatStandardInput() }
    var status = ExitStatus.success
    for path in files {
      do throws(CommandFailure) {
        let source = try SourceFile.read(path)
        guard let formatted = Self.format(source) else {
          status = .usage
          continue
        }
        guard formatted != source.bytes else { continue }
        if check {
          StandardStream.errors.write("`\(path)` is not formatted\n")
          if status == .success { status = .failure }
        } else {
          try FileReplacement.write(path, formatted)
          StandardStream.errors.write("formatted `\(path)`\n")
        }
      } catch {
        StandardStream.errors.write(error.report + "\n")
        if status != .usage { status = error.status }
      }
    }
    if status != .success { throw CommandEnd(status: status) }
  }

  private func formatStandardInput() throws {
    let source = try SourceFile.read("-")
    guard let formatted = Self.format(source) else { throw CommandEnd(status: .usage) }
    if check {
      guard formatted == source.bytes else {
        StandardStream.errors.write("standard input is not formatted\n")
        throw CommandEnd(status: .failure)
      }
      return
    }
    guard StandardStream.output.write(String(decoding: formatted, as: UTF8.self)) else {
      throw CommandFailure(.outputFailed, "the formatted program could not be written", status: .failure)
    }
  }

  /// The formatted text, or nil after its syntax errors were shown.
  private static func format(_ source: SourceText) -> [UInt8]? {
    let tree = Parser.parse(source)
    if let formatted = Formatter.format(tree) { return Array(formatted.utf8) }
    ProgramCheck.show(tree.diagnostics, source)
    return nil
  }
}
