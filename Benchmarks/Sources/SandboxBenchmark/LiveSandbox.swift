import SymbiontCore
import SymbiontSandbox

/// A sandbox that a driver started, with the connection to its guest.
struct LiveSandbox {
  private static let greetingTimeout = Duration.seconds(60)

  /// The user as which commands run, inside of a sandbox.
  private static let commandUserID: UInt32 = 1_000

  let launched: any LaunchedSandbox
  let guest: GuestConnection

  /// Starts a sandbox and greets its guest.
  init(_ driver: any SandboxDriver, _ launch: SandboxLaunch) async throws {
    launched = try await driver.launch(launch)
    guest = GuestConnection(launched.channel)
    do {
      try await guest.greet(timeout: Self.greetingTimeout)
      try await guest.configure(GuestConfiguration(userID: Self.commandUserID, groupID: Self.commandUserID))
    } catch {
      try? await launched.destroy()
      throw error
    }
  }

  /// Runs a program until its first byte of output, and gives the process.
  func firstByte(of arguments: [String]) async throws -> GuestProcess {
    let process = try await guest.execute(ExecutionRequest(arguments: arguments))
    for try await output in process.output where !output.bytes.isEmpty { return process }
    throw BenchmarkFailure("`\(arguments[0])` wrote nothing: \(try await process.ending())")
  }

  /// Runs a program to its successful end.
  func run(_ arguments: [String]) async throws {
    let process = try await guest.execute(ExecutionRequest(arguments: arguments))
    var bytes = 0
    for try await output in process.output { bytes += output.bytes.count }
    let ending = try await process.ending()
    guard ending.exitCode == 0, bytes > 0 else {
      throw BenchmarkFailure("`\(arguments[0])` wrote \(bytes) bytes and ended as \(ending)")
    }
  }

  /// Removes the sandbox.
  func destroy() async throws {
    guest.close()
    try await launched.destroy()
  }
}
