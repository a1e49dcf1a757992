import ArgumentParser

/// `symbi sandbox`: makes and uses sandboxes by hand.
struct SandboxCommandGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox", abstract: "Runs commands in sandboxes.",
    discussion: """
      A sandbox that was started with `run --detach` lives until it is removed; the sandboxes of a data directory are owned
      by one process in the background, which ends with the last of them.
      """,
    subcommands: [
      SandboxRunCommand.self, SandboxListCommand.self, SandboxExecCommand.self, SandboxCopyCommand.self,
      SandboxLogsCommand.self, SandboxStatsCommand.self, SandboxSnapshotCommand.self, SandboxRestoreCommand.self,
      SandboxForkCommand.self, SandboxRemoveCommand.self, SandboxHostCommand.self,
    ])
}

/// Where the sandboxes are, and how the answer is printed.
struct SandboxPlace: ParsableArguments {
  @Option(help: "The data directory of the sandboxes.", completion: .directory)
  var data: String

  @Flag(help: "Print JSON on standard output.")
  var json = false
}

/// How a command is run.
struct ExecutionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Kill the command after this time, such as 500ms, 30s, 5m or 2h.", valueName: "duration"))
  var timeout: DurationArgument?

  @Option(
    name: .customLong("env"), help: ArgumentHelp("A variable of the command. May be repeated.", valueName: "name=value")
  )
  var environment: [VariableArgument] = []

  @Flag(name: [.customShort("t"), .customLong("tty")], help: "Give the command a terminal.")
  var terminal = false

  var variables: [String: String] {
    Dictionary(environment.map { ($0.name, $0.value) }) { _, last in last }
  }
}

/// A variable: `NAME=VALUE`.
struct VariableArgument: ExpressibleByArgument, Sendable {
  let name: String
  let value: String

  init?(argument: String) {
    guard let mark = argument.firstIndex(of: "="), mark != argument.startIndex else { return nil }
    name = String(argument[..<mark])
    value = String(argument[argument.index(after: mark)...])
  }
}

/// A duration: a number and one of `ms`, `s`, `m` and `h`; without a unit it is seconds.
struct DurationArgument: ExpressibleByArgument, Sendable {
  let duration: Duration

  init?(argument: String) {
    let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600)]
    let unit = units.first { argument.hasSuffix($0.0) }
    guard let number = Double(argument.dropLast(unit?.0.count ?? 0)), number > 0, number < 31_536_000 else {
      return nil
    }
    duration = .milliseconds(Int64(number * (unit?.1 ?? 1) * 1_000))
  }
}

/// A destination: `HOST:PORT`.
struct DestinationArgument: ExpressibleByArgument, Sendable {
  let host: String
  let port: UInt16

  init?(argument: String) {
    guard let mark = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: mark)...]), port > 0
    else { return nil }
    host = String(argument[..<mark])
    self.port = port
    guard !host.isEmpty else { return nil }
  }
}
