import Foundation
import Glibc
import Testing

@Suite("symbi sandbox", .needsRunc, .serialized, .timeLimit(.minutes(10)))
struct SandboxCommandTests {
  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  @Test("run passes the streams and the status of the command through")
  func run() async throws {
    let script = "cat; echo problem >&2; echo $NAME; exit 7"
    let finished = try await Symbi.run(
      "sandbox", "run", "--tier", "1", "--env", "NAME=value", "--", "sh", "-c", script, input: "hello\n", in: directory)
    #expect(finished.status == 7, "\(finished.errors)")
    #expect(finished.output == "hello\nvalue\n")
    #expect(finished.errors == "problem\n")
  }

  @Test("a timeout, an unknown program and wrong arguments have statuses and messages of their own")
  func failures() async throws {
    let late = try await Symbi.run("sandbox", "run", "--timeout", "500ms", "--", "sleep", "1000", in: directory)
    #expect(late.status == 124, "\(late.errors)")
    #expect(late.errors == "the command was killed at its timeout\n")
    let unknown = try await Symbi.run("sandbox", "run", "--", "no-such-program", in: directory)
    #expect(unknown.status == 1)
    #expect(unknown.errors.hasPrefix("error[SANDBOX_COMMAND_NOT_FOUND]: "), "\(unknown.errors)")
    for (arguments, message) in [
      (["sandbox", "run"], "give the command after `--`"),
      (["sandbox", "run", "--tier", "4", "--", "true"], "1, 2 or 3"),
      (["sandbox", "run", "--detach"], "`--detach` needs `--data`"),
      (["sandbox", "run", "--engine", "chroot", "--", "true"], "there is no engine `chroot`"),
      (["sandbox", "cp", "--data", "state", "a", "b"], "one of the two paths must be that of a sandbox"),
    ] {
      let finished = try await RunningSymbi([Symbi.executable] + arguments, in: directory).finished()
      #expect(finished.status == 2, "\(arguments): \(finished.errors)")
      #expect(finished.errors.contains(message), "\(arguments): \(finished.errors)")
    }
  }

  /// Runs a command on the data directory `state` that must succeed, and gives what it printed.
  private func symbi(_ arguments: [String]) async throws -> String {
    let finished = try await RunningSymbi([Symbi.executable, "sandbox"] + arguments, in: directory).finished()
    try #require(finished.status == 0, "\(arguments): \(finished.errors)")
    return finished.output.trimmingCharacters(in: .newlines)
  }

  @Test("a detached sandbox is used by other commands until it is removed, and its owner ends with it")
  func detached() async throws {
    let id = try await symbi([
      "run", "--detach", "--workspace", "16", "--data", "state", "--", "sh", "-c", "echo begun",
    ])
    let listed = try await symbi(["list", "--data", "state", "--json"])
    #expect(listed.contains(id) && listed.contains("\"Running\""), "\(listed)")
    try directory.write("up.txt", "carried")
    _ = try await symbi(["cp", "--data", "state", "up.txt", "\(id):note"])
    #expect(try await symbi(["exec", "--data", "state", id, "--", "cat", "note"]) == "carried")
    _ = try await symbi(["cp", "--data", "state", "\(id):note", "down.txt"])
    #expect(try directory.read("down.txt") == "carried")
    let snapshot = try await symbi(["snapshot", "--data", "state", id])
    let copies = try await symbi(["fork", "--data", "state", "--count", "2", id]).split(separator: "\n").map(
      String.init)
    #expect(copies.count == 2)
    let restored = try await symbi(["restore", "--data", "state", snapshot])
    #expect(try await symbi(["exec", "--data", "state", restored, "--", "cat", "note"]) == "carried")
    #expect(try await symbi(["stats", "--data", "state", id]).contains("memory"))
    #expect(try await symbi(["logs", "--data", "state", id]).contains("stdout: begun"))
    _ = try await symbi(["rm", "--data", "state", "--snapshot", snapshot])
    _ = try await symbi(["rm", "--data", "state", id, restored] + copies)
    #expect(try await symbi(["list", "--data", "state"]).split(separator: "\n").count == 1)
    let gone = try await RunningSymbi(
      [Symbi.executable, "sandbox", "exec", "--data", "state", id, "--", "true"], in: directory
    ).finished()
    #expect(gone.status == 2)
  }

  @Test("when the owner is killed the next start removes what it left, and says so")
  func killedOwner() async throws {
    for _ in 0..<2 {
      _ = try await symbi(["run", "--detach", "--workspace", "16", "--data", "state", "--", "sleep", "1000"])
    }
    let lock = try directory.read("state/symbiont.lock")
    let owner = try #require(lock.split(separator: " ").dropFirst().first.flatMap { pid_t($0) })
    try #require(kill(owner, SIGKILL) == 0)
    var listed = try await RunningSymbi(
      [Symbi.executable, "sandbox", "list", "--data", "state", "--json"], in: directory
    ).finished()
    // The lock is free a moment after the signal.
    while listed.status != 0 {
      listed = try await RunningSymbi(
        [Symbi.executable, "sandbox", "list", "--data", "state", "--json"], in: directory
      ).finished()
    }
    #expect(listed.errors.contains("removed what 2 sandboxes of a dead runtime left"), "\(listed.errors)")
    #expect(listed.output.filter { !$0.isWhitespace } == "[]")
  }
}
