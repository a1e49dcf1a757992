import Foundation
import Testing

@Suite("symbi run --master-key")
struct MasterKeyOptionTests {
  private static let key = String(repeating: "0123456789abcdef", count: 4)

  let directory: TestDirectory

  init() throws {
    directory = try TestDirectory()
    try directory.write(
      "mailer.symbi",
      """
      agent mailer(step: String) -> JSON {
          policy p { allow: [send, receive] }
          if step == "send" { send("mailer", 5); null } else { receive(timeout: 0s) }
      }
      """)
  }

  private func run(
    _ step: String, _ key: String..., variable: String = Self.key, shell: String = ""
  ) async throws -> Symbi.Finished {
    let script = "exec \"$0\" run mailer.symbi --data state --json -q --input '\"\(step)\"' \"$@\" \(shell)"
    return try await RunningSymbi(
      ["sh", "-c", script, Symbi.executable] + key, environment: ["SYMBIONT_TEST_KEY": variable], in: directory
    ).finished()
  }

  @Test("takes the key from the environment or a descriptor, keeps no copy, and without it no message can be read")
  func sources() async throws {
    let sent = try await run("send", "--master-key", "env:SYMBIONT_TEST_KEY")
    #expect(sent.status == 0, "\(sent.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/state/master.key"))
    let wrong = try await run(
      "get", "--master-key", "env:SYMBIONT_TEST_KEY", variable: String(Self.key.reversed()))
    #expect(wrong.status == 1)
    #expect(wrong.errors.contains("COMMUNICATION_KEY_UNUSABLE"), "\(wrong.errors)")
    try directory.write("key", Self.key)
    let received = try await run("get", "--master-key", "fd:3", shell: "3<key")
    #expect(received.status == 0, "\(received.errors)")
    #expect(received.output.contains("\"payload\":5"), "\(received.output)")
    for finished in [sent, wrong, received] { #expect(!finished.errors.contains(Self.key)) }
  }

  @Test("names it again in the command that goes on")
  func resume() async throws {
    try directory.write(
      "spawning.symbi", "agent main() -> int { spawn(waiter); 1 }\nagent waiter() -> JSON { receive() }\n")
    let finished = try await Symbi.run(
      "run", "spawning.symbi", "-q", "--data", "state", "--master-key", "env:SYMBIONT_TEST_KEY",
      environment: ["SYMBIONT_TEST_KEY": Self.key], in: directory)
    let command = "symbi run spawning.symbi --data state --master-key env:SYMBIONT_TEST_KEY --resume "
    #expect(finished.errors.contains(command), "\(finished.errors)")
  }

  @Test(
    "ends with 2 when there is no such place or no key there",
    arguments: [
      ("env:SYMBIONT_TEST_NO_KEY", "error[KEY_MISSING]"), ("fd:99", "error[KEY_INVALID]"),
      ("file:mailer.symbi", "error[PERMISSIONS_TOO_OPEN]"), ("file:none/key", "error[KEY_INVALID]"),
      ("fd:2", "it must be file:PATH, env:NAME, or fd:NUMBER"), ("env:", "it must be file:PATH"),
      ("0123", "it must be file:PATH"),
    ])
  func wrong(_ source: String, _ message: String) async throws {
    let finished = try await run("send", "--master-key", source)
    #expect(finished.status == 2)
    #expect(finished.errors.contains(message), "\(finished.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/state"))
  }
}
