import ArgumentParser

/// `symbi executions`: shows what a data directory holds.
struct ExecutionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "executions", abstract: "Shows the executions of a data directory.",
    subcommands: [ListExecutionsCommand.self, ShowExecutionCommand.self])
}

/// What both commands take.
struct JournalOptions: ParsableArguments {
  @Option(help: "The data directory.", completion: .directory)
  var data: String

  @Flag(help: "Print JSON on standard output.")
  var json = false
}
