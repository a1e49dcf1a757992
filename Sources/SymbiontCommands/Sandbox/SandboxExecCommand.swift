import ArgumentParser

/// `symbi sandbox exec`: runs a command in a sandbox that is there.
struct SandboxExecCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exec", abstract: "Runs a command in a running sandbox.",
    discussion: "The streams, the signals and the exit status are as with `symbi sandbox run`.")

  @OptionGroup var place: SandboxPlace
  @OptionGroup var execution: ExecutionOptions

  @Argument(help: ArgumentHelp("The sandbox.", valueName: "id"))
  var sandbox: SandboxArgument

  @Argument(parsing: .postTerminator, help: ArgumentHelp("The command, after `--`.", valueName: "command"))
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else { throw ValidationError("give the command after `--`") }
  }

  func run() async throws {
    var request = HostRequest(.exec)
    request.sandboxID = sandbox.id
    request.command = HostCommand(
      arguments: command, environment: execution.variables, timeout: execution.timeout?.duration)
    let access = try await SandboxAccess.open(RunDirectory(given: place.data))
    let session = CommandSession(access: access, usesTerminal: execution.terminal)
    let reply: HostReply
    do { reply = try await session.run(request) } catch {
      await access.close()
      throw error
    }
    await access.close()
    try session.finish(reply)
  }
}

/// `symbi sandbox cp`: copies a file into or out of a sandbox.
struct SandboxCopyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cp", abstract: "Copies a file into or out of a sandbox.",
    discussion: "One of the two paths is that of a sandbox: ID:PATH, below its workspace.")

  @OptionGroup var place: SandboxPlace

  @Argument(help: "The file that is copied.")
  var source: String

  @Argument(help: "The file that is made.")
  var target: String

  func run() async throws {
    let request: HostRequest
    switch (Self.parts(source), Self.parts(target)) {
    case (let remote?, nil):
      request = Self.request(.download, remote, local: RunDirectory(given: target).path)
    case (nil, let remote?):
      request = Self.request(.upload, remote, local: RunDirectory(given: source).path)
    default:
      throw CommandFailure(.usage, "one of the two paths must be that of a sandbox: ID:PATH")
    }
    _ = try await place.ask(request)
  }

  private static func request(
    _ operation: HostRequest.Operation, _ remote: (SandboxArgument, String), local: String
  ) -> HostRequest {
    var request = HostRequest(operation)
    (request.sandboxID, request.remotePath, request.localPath) = (remote.0.id, remote.1, local)
    return request
  }

  private static func parts(_ text: String) -> (SandboxArgument, String)? {
    guard let mark = text.firstIndex(of: ":"), let sandbox = SandboxArgument(argument: String(text[..<mark])) else {
      return nil
    }
    return (sandbox, String(text[text.index(after: mark)...]))
  }
}
