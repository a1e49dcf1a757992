import ArgumentParser
import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontStore

/// `symbi executions show`: the journal of one execution as a timeline.
struct ShowExecutionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows the journal of an execution as a timeline.")

  @Argument(help: "The execution.")
  var id: String

  @OptionGroup var options: JournalOptions

  @Option(help: "How many effects of each execution at most.")
  var limit = 1_000

  private static let limits = 1...1_000_000

  func validate() throws {
    guard Self.limits.contains(limit) else { throw ValidationError("--limit must be between 1 and 1000000") }
  }

  func run() async throws {
    let hint = "symbi executions list --data \(ShellText.quoted(options.data)) shows them"
    guard let id = ExecutionID(id) else {
      throw CommandFailure(
        .executionUnknown, "`\(TerminalText.shortened(id, to: 80))` is no execution id", hint: hint)
    }
    let directory = RunDirectory(given: options.data).path
    let journal = try JournalAccess.open(directory)
    let execution = try await JournalAccess.read { () throws(StoreError) in try await journal.execution(id) }
    guard let execution else {
      throw CommandFailure(.executionUnknown, "there is no execution `\(id)` in `\(directory)`", hint: hint)
    }
    let timeline = Timeline(journal: journal, maximumEffects: limit)
    let entry = try await JournalAccess.read { () throws(StoreError) in try await timeline.entry(execution) }
    await journal.close()
    if options.json {
      return try StandardStream.printResult(try ValueJSON.print(entry.value, style: .pretty))
    }
    var lines = entry.lines(since: execution.createdAt)
    switch execution.outcome {
    case .completed(let value)?: lines.append("result: \(TerminalText.printable(value.description))")
    case .failed(let error)?:
      let program = await ProgramText.pinned(to: id, in: directory)
      lines.append(ErrorExcerpt.render(error, program ?? SourceText(name: "", bytes: [])))
    case .cancelled?: lines.append("cancelled")
    case nil: lines.append("not ended")
    }
    try StandardStream.printResult(lines.joined(separator: "\n"))
  }
}
