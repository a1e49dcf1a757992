import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("A guest that is lost")
struct GuestLossTests {
  @Test("fails every open request at once")
  func killed() async throws {
    let (channel, processID) = try GuestFixture.spawn()
    let connection = GuestConnection(channel)
    try await connection.greet()
    let process = try await connection.execute(
      ExecutionRequest(arguments: ["sleep", "600"], workingDirectory: "/", hasInput: true))
    kill(processID, SIGKILL)
    await #expect(throws: SandboxError.self) { try await process.ending() }
    await #expect(throws: SandboxError.self) { for try await _ in process.output {} }
    await #expect(throws: SandboxError.self) { try await connection.metrics() }
    #expect(!connection.isOpen)
    // The reaper kills what is left when it loses the guest.
    let command = try? ProcessHandle(processID: pid_t(process.processID))
    _ = await command?.waitForExit()
    _ = try await ProcessHandle(processID: processID).waitForExit()
  }

  @Test("kills everything when the connection is closed")
  func closed() async throws {
    let (channel, processID) = try GuestFixture.spawn()
    let guest = try ProcessHandle(processID: processID)
    var connection: GuestConnection? = GuestConnection(channel)
    try await connection?.greet()
    let process = try #require(
      try await connection?.execute(
        ExecutionRequest(arguments: ["sh", "-c", "trap '' TERM; sleep 600 & wait"], workingDirectory: "/")))
    let command = try ProcessHandle(processID: pid_t(process.processID))
    connection?.close()
    connection = nil
    _ = await command.waitForExit()
    _ = await guest.waitForExit()
    #expect(kill(pid_t(process.processID), 0) != 0)
  }

  @Test("cannot be greeted when it says nothing")
  func silence() async throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let (host, silent) = (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    let connection = GuestConnection(GuestChannel(reading: host, writing: host))
    await #expect(throws: SandboxError.timedOut(operation: "greet the sandbox", after: .milliseconds(50))) {
      try await connection.greet(timeout: .milliseconds(50))
    }
    withExtendedLifetime(silent) {}
  }

  @Test("is given up when it does not speak the protocol")
  func garbage() async throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let (host, liar) = (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    let connection = GuestConnection(GuestChannel(reading: host, writing: host))
    try liar.write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
    await #expect(throws: SandboxError.self) { try await connection.greet() }
    #expect(!connection.isOpen)
  }

  @Test("takes its command's descendants along, even when somebody killed their reaper")
  func reaperKilled() async throws {
    try await GuestFixture.with { guest in
      // Without a sandbox the command is the same user as its reaper and may kill it.
      let process = try await guest.connection.execute(
        ExecutionRequest(arguments: ["sh", "-c", "sleep 600 & echo $!; kill -9 $PPID; wait"], timeout: .seconds(60)))
      var printed: [UInt8] = []
      for try await piece in process.output { printed += piece.bytes }
      #expect(try await process.ending().wasKilled)
      let orphan = try #require(pid_t(String(decoding: printed, as: UTF8.self).filter(\.isNumber)))
      let handle = try? ProcessHandle(processID: orphan)
      _ = await handle?.waitForExit()
      #expect(try await guest.shell("echo alive").outputText == "alive\n")
    }
  }

  @Test("refuses a 65th request, and takes one again when another has ended")
  func manyRequests() async throws {
    try await GuestFixture.with { guest in
      var processes: [GuestProcess] = []
      for _ in 0..<GuestProtocol.maximumChannels {
        processes.append(try await guest.connection.execute(ExecutionRequest(arguments: ["sleep", "600"])))
      }
      await #expect(throws: SandboxError.self) {
        try await guest.connection.execute(ExecutionRequest(arguments: ["true"]))
      }
      for process in processes { await process.kill() }
      for process in processes { for try await _ in process.output {} }
      #expect(try await guest.shell("echo again").outputText == "again\n")
    }
  }
}
