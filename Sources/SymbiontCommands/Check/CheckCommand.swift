import ArgumentParser
import SymbiontLanguage

/// `symbi check`: reports everything that is wrong with programs, without running them.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Checks programs without running them.",
    discussion: "All errors of a file are reported at once. Exit status: 0 without errors, 2 with errors.")

  @Argument(help: "The programs; `-` is standard input.", completion: .file(extensions: ["symbi", "dsl"]))
  var files: [String]

  @Flag(help: "Print the findings as JSON on standard output.")
  var json = false

  func run() throws {
    var findings: [Value] = []
    var errorCount = 0
    var warningCount = 0
    for path in files {
      do {
        let source = try SourceFile.read(path)
        let diagnostics = SymbiCompiler.compile(source).diagnostics
        errorCount += diagnostics.count { $0.severity == .error }
        warningCount += diagnostics.count { $0.severity == .warning }
        if json {
          findings += diagnostics.map { Self.value(DiagnosticReport($0, source)) }
        } else {
          ProgramCheck.show(diagnostics, source)
        }
      } catch {
        errorCount += 1
        StandardStream.errors.write(error.report + "\n")
      }
    }
    if json { try StandardStream.printResult(try ValueJSON.print(.array(findings), style: .pretty)) }
    let fileCount = Self.count(files.count, "file")
    StandardStream.errors.write(
      "\(fileCount) checked: \(Self.count(errorCount, "error")), \(Self.count(warningCount, "warning"))\n")
    if errorCount > 0 { throw CommandEnd(status: .usage) }
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  private static func value(_ report: DiagnosticReport) -> Value {
    [
      "file": .string(report.file), "severity": .string(report.severity.rawValue), "code": .string(report.code),
      "message": .string(report.message), "start": value(report.start), "end": value(report.end),
      "suggestion": report.suggestion.map { .string($0) } ?? .null,
    ]
  }

  private static func value(_ position: SourcePosition) -> Value {
    [
      "offset": .int(Int64(position.offset)), "line": .int(Int64(position.line)),
      "column": .int(Int64(position.column)),
    ]
  }
}
