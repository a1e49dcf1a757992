import Glibc
import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite("A command in a guest")
struct GuestExecutionTests {
  @Test("that is not there is an error, and nothing ran")
  func missingCommand() async throws {
    try await GuestFixture.with { guest in
      await #expect(throws: SandboxError.commandNotFound(command: "no-such-program")) {
        try await guest.connection.execute(ExecutionRequest(arguments: ["no-such-program"]))
      }
      await #expect(throws: SandboxError.commandNotFound(command: "/no/such")) {
        try await guest.connection.execute(ExecutionRequest(arguments: ["/no/such"]))
      }
    }
  }

  @Test("that cannot be executed, or started where it should, is an error")
  func unusableCommand() async throws {
    try await GuestFixture.with { guest in
      try await guest.connection.upload(Array("data".utf8), to: "data.txt")
      await #expect(throws: SandboxError.self) {
        try await guest.connection.execute(ExecutionRequest(arguments: ["\(guest.workspace)/data.txt"]))
      }
      await #expect {
        try await guest.connection.execute(
          ExecutionRequest(arguments: ["true"], workingDirectory: "/no/such/directory"))
      } throws: { error in
        (error as? SandboxError)?.message.contains("/no/such/directory") == true
      }
      await #expect(throws: SandboxError.commandInvalid(reason: "it is empty")) {
        try await guest.connection.execute(ExecutionRequest(arguments: []))
      }
    }
  }

  @Test("says how it ended", arguments: [0, 1, 2, 77, 255])
  func exitCodes(code: Int32) async throws {
    try await GuestFixture.with { guest in
      let result = try await guest.shell("echo out; echo err >&2; exit \(code)")
      #expect(result.exitCode == code)
      #expect(result.signal == nil)
      #expect(result.outputText == "out\n")
      #expect(result.standardError == Array("err\n".utf8))
    }
  }

  @Test("says which signal ended it", arguments: [SIGKILL, SIGTERM, SIGSEGV, SIGPIPE])
  func signals(number: Int32) async throws {
    try await GuestFixture.with { guest in
      let result = try await guest.shell("kill -\(number) $$; sleep 600")
      #expect(result.signal == number)
      #expect(result.exitCode == 128 + number)
    }
  }
}
