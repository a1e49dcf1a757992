import ArgumentParser
import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontStore

/// `symbi executions list`: the newest executions.
struct ListExecutionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists executions, the newest first.")

  @OptionGroup var options: JournalOptions

  @Option(help: "How many at most.")
  var limit = 100

  /// More than this are not listed at once.
  private static let limits = 1...10_000

  func validate() throws {
    guard Self.limits.contains(limit) else { throw ValidationError("--limit must be between 1 and 10000") }
  }

  func run() async throws {
    let journal = try JournalAccess.open(RunDirectory(given: options.data).path)
    let executions = try await JournalAccess.read { () throws(StoreError) in
      try await journal.executions(limit: limit)
    }
    await journal.close()
    if options.json {
      let values = executions.map { ExecutionValue.value(of: $0) }
      return try StandardStream.printResult(try ValueJSON.print(.array(values), style: .pretty))
    }
    let rows = executions.map { execution in
      [
        "\(execution.id)", execution.agentName + (execution.isBranch ? " (branch)" : ""), execution.status.rawValue,
        "\(execution.createdAt)", TerminalText.duration(execution.updatedAt - execution.createdAt),
      ]
    }
    try StandardStream.printResult(TextTable.render(["execution", "agent", "status", "started", "took"], rows))
  }
}
