import ArgumentParser
import SymbiontCore
import SymbiontSandbox

/// `symbi sandbox run`: makes a sandbox and runs a command in it.
struct SandboxRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a command in a new sandbox.",
    discussion: """
      The streams are the command's, and the exit status is its own: 128 and the signal's number after a signal, 124 after
      the timeout. Signals are passed on. Without `--detach` the sandbox is destroyed after the command.
      """)

  @Option(help: "How strongly it is isolated: 1 container, 2 gVisor, 3 virtual machine.")
  var tier: Int = 1

  @Option(help: "The image whose files it sees (default: the system directories of the machine).")
  var image: String?

  @Option(help: "The engine (default: the first of the tier that can do what is needed).")
  var engine: String?

  @Option(help: ArgumentHelp("The memory, in megabytes.", valueName: "MB"))
  var memory: Int?

  @Option(help: ArgumentHelp("The processor time, in cores.", valueName: "cores"))
  var cpus: Double?

  @Option(help: "Processes and threads at once.")
  var pids: Int = 128

  @Option(help: ArgumentHelp("The size of the workspace, in megabytes.", valueName: "MB"))
  var workspace: Int?

  @Option(
    name: .customLong("allow-host"),
    help: ArgumentHelp("A destination that it may reach. May be repeated.", valueName: "host:port"))
  var allowedHosts: [DestinationArgument] = []

  @Flag(help: "Start it although this machine cannot enforce some of its limits.")
  var allowUnenforcedLimits = false

  @Flag(name: .shortAndLong, help: "Leave it running, and print its id.")
  var detach = false

  @OptionGroup var execution: ExecutionOptions

  @Option(help: "The data directory (default: a temporary one).", completion: .directory)
  var data: String?

  @Argument(parsing: .postTerminator, help: ArgumentHelp("The command, after `--`.", valueName: "command"))
  var command: [String] = []

  func validate() throws {
    guard (1...3).contains(tier) else { throw ValidationError("--tier must be 1, 2 or 3") }
    guard detach || !command.isEmpty else { throw ValidationError("give the command after `--`") }
    guard !detach || data != nil else {
      throw ValidationError("`--detach` needs `--data`, where it can be found again")
    }
    guard !detach || !execution.terminal else { throw ValidationError("`--detach` and `--tty` exclude each other") }
  }

  func run() async throws {
    var request = HostRequest(.run)
    request.config = config
    request.options = try options
    request.isDetached = detach
    request.command = HostCommand(
      arguments: command, environment: execution.variables, timeout: execution.timeout?.duration)
    let directory = try data.map { RunDirectory(given: $0) } ?? RunDirectory.makeThrowAway(prefix: "symbi-sandbox")
    defer { if directory.isThrowAway { RunDirectory.remove(directory.path) } }
    let access = try await SandboxAccess.open(directory, startsHost: detach)
    let session = CommandSession(access: access, usesTerminal: execution.terminal)
    let reply: HostReply
    do { reply = try await session.run(request) } catch {
      await access.close()
      throw error
    }
    await access.close()
    if detach {
      for id in reply.sandboxIDs ?? [] { try StandardStream.printResult("\(id)") }
    }
    try session.finish(reply)
  }

  private var config: SandboxConfig {
    var limits = ResourceLimits()
    if let memory { limits.memoryMegabytes = memory }
    if let cpus { limits.cpuCores = cpus }
    var files = FilesystemConfig()
    if let workspace { files.workspaceMegabytes = workspace }
    let destinations = allowedHosts.map { NetworkDestination(host: $0.host, port: $0.port) }
    return SandboxConfig(
      agentID: AgentID(), securityTier: SecurityTier(rawValue: tier) ?? .tier3, resourceLimits: limits,
      networkConfig: NetworkConfig(
        mode: destinations.isEmpty ? .none : .allowList, allowedDestinations: destinations),
      filesystemConfig: files)
  }

  private var options: SandboxOptions {
    get throws {
      var options = SandboxOptions(image: image, processes: pids, allowsUnenforcedLimits: allowUnenforcedLimits)
      guard let engine else { return options }
      guard let known = SandboxEngine(rawValue: engine) else {
        let names = SandboxEngine.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        throw CommandFailure(.usage, "there is no engine `\(engine)`", hint: "the engines are \(names)")
      }
      options.engine = known
      return options
    }
  }
}
