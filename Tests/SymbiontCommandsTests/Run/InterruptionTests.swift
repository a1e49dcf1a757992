import Foundation
import Glibc
import Testing

@Suite("An interrupted run")
struct InterruptionTests {
  let directory: TestDirectory

  init() throws {
    directory = try TestDirectory()
    try directory.write("wait.symbi", "agent main() -> JSON { receive() }\n")
    try directory.write(
      "steps.symbi",
      """
      agent main() -> int {
          let total = 0;
          for step in range(1, 6) {
              remember("step", step);
              total += recall("step", 0);
          }
          total
      }
      """)
  }

  private static let waiting = "waiting for a message that nothing here sends"

  @Test("ends with 130 and says how to go on", arguments: [SIGINT, SIGTERM])
  func interrupt(_ signal: Int32) async throws {
    let process = try RunningSymbi([Symbi.executable, "run", "wait.symbi", "--data", "state"], in: directory)
    try await process.waitForErrors(containing: Self.waiting)
    kill(process.identifier, signal)
    let finished = try await process.finished()
    #expect(finished.status == 130)
    #expect(finished.output.isEmpty)
    let command = try #require(finished.errors.firstMatch(of: /symbi run wait\.symbi --data state --resume (\S+)/))
    let resumed = try RunningSymbi(
      [Symbi.executable, "run", "wait.symbi", "--data", "state", "--resume", String(command.1)], in: directory)
    try await resumed.waitForErrors(containing: Self.waiting)
    kill(resumed.identifier, signal)
    #expect(try await resumed.finished().status == 130)
  }

  @Test("keeps nothing without a data directory, and says so")
  func throwAway() async throws {
    let process = try RunningSymbi([Symbi.executable, "run", "wait.symbi"], in: directory)
    try await process.waitForErrors(containing: Self.waiting)
    kill(process.identifier, SIGINT)
    let finished = try await process.finished()
    #expect(finished.status == 130)
    #expect(finished.errors.contains("interrupted; nothing was kept, since there is no --data"), "\(finished.errors)")
  }

  @Test("owns its data directory while it runs: a second run names the process")
  func owner() async throws {
    let process = try RunningSymbi([Symbi.executable, "run", "wait.symbi", "--data", "state"], in: directory)
    try await process.waitForErrors(containing: Self.waiting)
    let second = try await Symbi.run("run", "wait.symbi", "--data", "state", in: directory)
    #expect(second.status == 2)
    #expect(second.errors.contains("error[STORE_OWNED_BY_ANOTHER_PROCESS]"), "\(second.errors)")
    #expect(second.errors.contains("process `\(process.identifier)`"), "\(second.errors)")
    kill(process.identifier, SIGINT)
    #expect(try await process.finished().status == 130)
  }

  @Test(
    "goes on after a kill at any commit with the same result",
    arguments: ["before-commit:11", "after-commit:11", "before-commit:13", "after-commit:15"])
  func crash(_ point: String) async throws {
    let crashed = try await Symbi.run(
      "run", "steps.symbi", "--data", "state", environment: ["SYMBIONT_CRASH_AT": point], in: directory)
    #expect(crashed.status == 128 + SIGKILL)
    let id = try await newestExecution()
    let resumed = try await Symbi.run("run", "steps.symbi", "-q", "--data", "state", "--resume", id, in: directory)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.output == "15\n")
    let again = try await Symbi.run("run", "steps.symbi", "-q", "--data", "state", "--resume", id, in: directory)
    #expect(again.output == "15\n")
  }

  @Test("counts its crash points, and refuses a point that does not exist")
  func crashPlan() async throws {
    let counted = try await Symbi.run(
      "run", "steps.symbi", "-q", environment: ["SYMBIONT_CRASH_COUNT": "counts.json"], in: directory)
    #expect(counted.status == 0)
    let counts = try #require(
      try JSONSerialization.jsonObject(with: Data(try directory.read("counts.json").utf8)) as? [String: Int])
    #expect(counts["before-commit"] == counts["after-commit"])
    #expect(try #require(counts["after-commit"]) >= 14)
    #expect(counts["before-perform"] == 0)
    try FileManager.default.createDirectory(atPath: "\(directory.path)/tmp", withIntermediateDirectories: false)
    let environment = ["SYMBIONT_CRASH_AT": "sometimes", "TMPDIR": "\(directory.path)/tmp"]
    let wrong = try await Symbi.run("run", "steps.symbi", environment: environment, in: directory)
    #expect(wrong.status == 2)
    #expect(try directory.list("tmp").isEmpty)
    #expect(wrong.errors.contains("`SYMBIONT_CRASH_AT` must be POINT:N"), "\(wrong.errors)")
  }

  private func newestExecution() async throws -> String {
    let list = try await Symbi.run("executions", "list", "--data", "state", "--json", in: directory)
    let executions = try #require(
      try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]], "\(list.errors)")
    return try #require(executions.first?["id"] as? String)
  }
}
