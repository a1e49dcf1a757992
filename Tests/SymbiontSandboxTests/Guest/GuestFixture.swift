import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

/// The real guest as an ordinary child process on a socket pair, with a workspace of its own.
final class GuestFixture: Sendable {
  let connection: GuestConnection
  let workspace: String
  let sandbox: PlainSandbox

  private init(connection: GuestConnection, workspace: String, sandbox: PlainSandbox) {
    self.connection = connection
    self.workspace = workspace
    self.sandbox = sandbox
  }

  /// The process id of the guest.
  var processID: pid_t { sandbox.process.processID }

  /// Starts a guest; the caller has the host's end of its channel.
  static func spawn(_ program: String? = nil) throws -> (channel: GuestChannel, processID: pid_t) {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
    let (host, guest) = (Descriptor(owning: ends[0]), ends[1])
    defer { close(guest) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, guest, 0)
    posix_spawn_file_actions_adddup2(&actions, guest, 1)
    let path = try program ?? GuestProgram.locate()
    var processID: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(path), nil]
    defer { free(arguments[0]) }
    try #require(posix_spawn(&processID, path, &actions, nil, &arguments, environ) == 0)
    return (GuestChannel(reading: host, writing: host), processID)
  }

  /// Runs the body with a greeted guest, and checks that it ends when the connection goes.
  static func with<Value>(_ body: (GuestFixture) async throws -> Value) async throws -> Value {
    let workspace = FileManager.default.temporaryDirectory.appending(path: "symbiont-guest-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: workspace, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: workspace) }
    let (channel, processID) = try spawn()
    let connection = GuestConnection(channel)
    let process = try ProcessHandle(processID: processID)
    defer { process.kill() }
    try await connection.greet()
    try await connection.configure(GuestConfiguration(workspacePath: workspace))
    let fixture = GuestFixture(
      connection: connection, workspace: workspace, sandbox: PlainSandbox(channel: channel, process: process))
    let value = try await body(fixture)
    await connection.shutdown()
    // Nil when the tests of another engine made this process collect every child.
    let status = await process.waitForExit()
    #expect(status == .exited(0) || status == nil)
    return value
  }

  /// Runs a shell script to its end.
  func shell(
    _ script: String, input: [UInt8] = [], timeout: Duration = .seconds(120), outputLimit: Int = 1_048_576
  ) async throws -> CommandResult {
    try await connection.run(
      ExecutionRequest(arguments: ["/bin/sh", "-c", script], timeout: timeout), input: input, outputLimit: outputLimit)
  }
}

extension CommandResult {
  var outputText: String { String(decoding: standardOutput, as: UTF8.self) }
}
