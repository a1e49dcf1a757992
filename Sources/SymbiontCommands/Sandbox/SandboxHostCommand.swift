import ArgumentParser
import Glibc
import SymbiontSystem

/// `symbi sandbox host`: owns the sandboxes of a data directory, for other commands.
struct SandboxHostCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "host", abstract: "Owns the sandboxes of a data directory; `run --detach` starts it.",
    shouldDisplay: false)

  @Option(help: "The data directory.", completion: .directory)
  var data: String

  func run() async throws {
    let directory = RunDirectory(given: data)
    let service = try await SandboxService.open(directory, logger: SandboxAccess.logger)
    let host: SandboxHost
    do throws(SystemError) { host = try SandboxHost(service, directory: directory.path) } catch {
      await service.close()
      throw CommandFailure(.hostFailed, "the socket in `\(directory.path)` cannot be made: \(error)", status: .failure)
    }
    let signals = SignalWatch()
    try StandardStream.printResult("ready")
    // Who started it reads until here.
    let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
    if nowhere >= 0 {
      dup2(nowhere, STDOUT_FILENO)
      dup2(nowhere, STDERR_FILENO)
    }
    await host.run(signals)
  }
}
