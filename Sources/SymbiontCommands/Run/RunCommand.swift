import ArgumentParser
import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontStore

/// `symbi run`: deploys the agents of a program, calls one of them and waits for its result.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs an agent of a program.",
    discussion: """
      The result goes to standard output as JSON, everything else to standard error. With `--data` everything that
      happens is kept: what was interrupted goes on with `--resume`, and agents keep their memory. Exit status: 0 the
      agent returned, 1 it failed, 2 the program or the command is wrong, 130 interrupted.
      """)

  @Argument(help: "The program.", completion: .file(extensions: ["symbi", "dsl"]))
  var program: String

  @Option(help: "The agent to call (default: the only one, the one named `main`, or the first).")
  var agent: String?

  @Option(help: ArgumentHelp("The agent's input: JSON, @FILE, or - for standard input.", valueName: "json"))
  var input: String?

  @Option(
    name: .customLong("file"),
    help: ArgumentHelp("Copy a file into the agent's workspace first. May be repeated.", valueName: "[name=]path"),
    completion: .file())
  var files: [String] = []

  @Option(help: "Keep all state in this directory.", completion: .directory)
  var data: String?

  @Option(help: ArgumentHelp("Go on with an unfinished execution of the data directory.", valueName: "id"))
  var resume: String?

  @Flag(
    help: ArgumentHelp(
      "Run commands although this machine cannot enforce some of their limits.",
      discussion: "Without it such agents are not started. Which limits are given up is logged."))
  var allowUnenforcedLimits = false

  @Option(
    help: ArgumentHelp(
      "The size of each agent's workspace, in megabytes (default: not limited).",
      discussion: "Needs the rights of the administrator. An agent keeps the workspace that it was given first.",
      valueName: "MB"))
  var workspace: Int?

  @Option(
    help: ArgumentHelp(
      "Where the key is that wraps the keys of agents (default: the file master.key of the data directory).",
      discussion: "file:PATH, env:NAME or fd:NUMBER; it is 64 hexadecimal digits. A file is made when it is missing.",
      valueName: "source"), transform: MasterKeyOption.init)
  var masterKey: MasterKeyOption?

  @Flag(help: "Print the result on one line.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if let workspace, !RuntimeConfiguration.workspaceBounds.contains(workspace) {
      let bounds = RuntimeConfiguration.workspaceBounds
      throw ValidationError("`--workspace` is \(bounds.lowerBound) to \(bounds.upperBound) megabytes, not \(workspace)")
    }
    guard resume != nil else { return }
    guard data != nil else { throw ValidationError("`--resume` needs `--data`, the directory of the execution") }
    guard agent == nil, input == nil, files.isEmpty else {
      throw ValidationError("`--resume` goes on with what was given before: leave out --agent, --input and --file")
    }
  }

  func run() async throws {
    // First of all, so that nothing that is started later finds it in the environment or at a descriptor.
    let key = try masterKey?.load()
    let source = try SourceFile.read(program)
    let compiled = try ProgramCheck.compile(source)
    let target = try await target(compiled)
    let crashPlan = try CrashPlan.fromEnvironment()
    let directory = try data.map { RunDirectory(given: $0) } ?? RunDirectory.makeThrowAway()
    let session = RunSession(
      source: source, target: target, directory: directory, crashPlan: crashPlan,
      display: ProgressDisplay(terminal: .current(), isQuiet: quiet),
      allowsUnenforcedLimits: allowUnenforcedLimits, workspaceMegabytes: workspace, masterKey: key,
      resumeCommand: resumeCommand)
    let report = RunReport(style: json ? .compact : .pretty, source: source, session: session)
    if case .finished(let id, let outcome) = target { return try await report.print(.ended(id, outcome)) }
    defer { directory.removeIfThrowAway(sandboxState: session.sandboxState) }
    try await report.print(try await session.run())
  }

  /// How to go on with an execution; nil when nothing is kept.
  private var resumeCommand: @Sendable (ExecutionID) -> String? {
    guard let data else { return { _ in nil } }
    let key = masterKey.map { " --master-key \(ShellText.quoted($0.text))" } ?? ""
    let start = "symbi run \(ShellText.quoted(program)) --data \(ShellText.quoted(data))\(key) --resume"
    return { "\(start) \($0)" }
  }

  // MARK: What to run

  private func target(_ compiled: Program) async throws -> RunTarget {
    if let resume { return try await resumed(resume) }
    let chosen = try RunTarget.agent(named: agent, in: compiled, file: program)
    let limits = ExecutionLimits()
    let value = try RunInput.read(input, maximum: limits.inputBytes)
    do { _ = try AgentCall.bind(value, to: chosen, types: compiled.types) } catch {
      throw CommandFailure(.inputInvalid, error.message, hint: Self.inputHint(chosen, compiled.types))
    }
    let files = files.map { WorkspaceFile($0) }
    return .call(chosen, input: value, files: try files.map { ($0.name, try $0.read()) })
  }

  private func resumed(_ text: String) async throws -> RunTarget {
    guard let id = ExecutionID(text) else {
      throw CommandFailure(
        .executionUnknown, "`\(TerminalText.shortened(text, to: 80))` is no execution id",
        hint: "symbi executions list --data DIR shows them")
    }
    let directory = RunDirectory(given: data ?? "")
    let journal = try JournalAccess.open(directory.path)
    let summary = try await JournalAccess.read { () throws(StoreError) in try await journal.execution(id) }
    await journal.close()
    guard let summary else {
      throw CommandFailure(
        .executionUnknown, "there is no execution `\(id)` in `\(directory.path)`",
        hint: "symbi executions list --data \(ShellText.quoted(data ?? "")) shows them")
    }
    return summary.outcome.map { .finished(id, $0) } ?? .resume(id)
  }

  private static func inputHint(_ agent: AgentDescriptor, _ types: TypeTable) -> String {
    guard !agent.parameters.isEmpty else { return "leave out --input" }
    let parameters = agent.parameters.map { "\($0.name): \(types.describe($0.type))" }
    return "agent `\(agent.name)` takes (\(parameters.joined(separator: ", "))); give it with --input"
  }
}
