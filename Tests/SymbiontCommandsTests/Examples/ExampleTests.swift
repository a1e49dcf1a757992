import Foundation
import Glibc
import Testing

@Suite("The examples")
struct ExampleTests {
  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  private static let programs = Repository.files(in: "Examples", suffix: ".symbi")

  private func run(_ example: String, _ arguments: String...) async throws -> Any {
    let command = [Symbi.executable, "run", "\(Repository.root)/Examples/\(example)", "-q"] + arguments
    let finished = try await RunningSymbi(command, in: directory).finished()
    #expect(finished.status == 0, "\(finished.errors)")
    return try JSONSerialization.jsonObject(with: Data(finished.output.utf8), options: .fragmentsAllowed)
  }

  @Test("are checked without a finding and formatted", arguments: programs)
  func checked(_ program: String) async throws {
    let path = "\(Repository.root)/\(program)"
    let checked = try await Symbi.run("check", path, in: directory)
    #expect(checked.status == 0)
    #expect(checked.errors == "1 file checked: 0 errors, 0 warnings\n")
    #expect(try await Symbi.run("fmt", "--check", path, in: directory).status == 0)
  }

  @Test("the agent of the specification lives its whole life on the public products")
  func agentLifecycle() async throws {
    let program = Symbi.executable.replacing(/symbi$/, with: "AgentLifecycle")
    let finished = try await RunningSymbi([program], in: directory).finished()
    #expect(finished.status == 0, "\(finished.errors)")
    let lines = finished.output.split(separator: "\n")
    let id = try #require(lines.first?.split(separator: " ").last)
    #expect(
      lines == [
        "Created agent: \(id)", "Allocated resources for agent: \(id)", "Registered agent with communication bus",
        "Agent started successfully", "Task result: \"Hello, world!\"", "Agent state: Running",
        "Resource usage: 0 bytes of memory, 0.0 cores", "Agent state: Terminated",
      ])
  }

  @Test("incident ranks the failing routes, and remembers them for the next run", .needsRunc)
  func incident() async throws {
    let log = "\(Repository.root)/Examples/incident/access.log"
    let first = try #require(
      try await run("incident/incident.symbi", "--file", log, "--data", "state") as? [String: Any])
    #expect(first["requests"] as? Int == 4_000)
    #expect(first["failures"] as? Int == 194)
    #expect(first["severity"] as? String == "high")
    #expect((first["seen_before"] as? [String])?.isEmpty == true)
    let worst = try #require(first["worst"] as? [[String: Any]])
    #expect(worst.map { $0["route"] as? String } == ["/api/stock", "/api/checkout", "/api/checkout"])
    #expect(worst.map { $0["count"] as? Int } == [80, 76, 29])
    let second = try #require(
      try await run("incident/incident.symbi", "--file", log, "--data", "state") as? [String: Any])
    #expect(second["run"] as? Int == 2)
    #expect(second["seen_before"] as? [String] == ["run 1: /api/stock was high"])
  }

  @Test("fan-out keeps the order of its branches and takes the fastest of a race", .needsRunc)
  func fanOut() async throws {
    let result = try #require(try await run("fan-out.symbi", "--input", "[\"alpha\", \"beta\"]") as? [String: Any])
    #expect((result["measures"] as? [[String: Any]])?.map { $0["length"] as? Int } == [5, 4])
    #expect(result["total"] as? Int == 9)
    #expect(result["fastest"] as? String == "hare")
  }

  @Test("policy-denial catches every denial", .needsRunc)
  func policyDenial() async throws {
    let denied = try #require(try await run("policy-denial.symbi", "--input", "250") as? [[String: String]])
    #expect(denied.map { $0["result"] == "done" } == [true, false, false, false, false])
    let allowed = try #require(try await run("policy-denial.symbi", "--input", "50") as? [[String: String]])
    #expect(allowed.map { $0["result"] == "done" } == [true, false, false, true, false])
  }

  @Test(
    "crash-and-resume gives the same result after a kill in the middle of a command", .needsRunc,
    arguments: ["before-perform:7", "after-perform:3", "before-commit:41", "after-commit:60"])
  func crashAndResume(_ point: String) async throws {
    let program = "\(Repository.root)/Examples/crash-and-resume.symbi"
    let expected = try #require(try await run("crash-and-resume.symbi") as? NSDictionary)
    #expect(expected["sum"] as? Int == 14)
    let crashed = try await Symbi.run(
      "run", program, "-q", "--data", "state", environment: ["SYMBIONT_CRASH_AT": point], in: directory)
    #expect(crashed.status == 128 + SIGKILL)
    let list = try await Symbi.run("executions", "list", "--data", "state", "--json", in: directory)
    let executions = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
    let main = try #require(executions?.last { $0["agent"] as? String == "main" }?["id"] as? String)
    let resumed = try await run("crash-and-resume.symbi", "--data", "state", "--resume", main)
    #expect(resumed as? NSDictionary == expected)
  }

  @Test("a program that is not in the sandbox is an error of the agent, and names it", .needsRunc)
  func missingProgram() async throws {
    try directory.write(
      "a.symbi",
      """
      tool nonsense {
          command ["no-such-program"]
          output String
      }
      agent main() -> String {
          policy p { allow: tool }
          nonsense()
      }
      """)
    let finished = try await Symbi.run("run", "a.symbi", "-q", in: directory)
    #expect(finished.status == 1)
    #expect(finished.errors.contains("a.symbi:7:5: error[ToolFailed]"), "\(finished.errors)")
    #expect(finished.errors.contains("there is no program `no-such-program` in the sandbox"), "\(finished.errors)")
  }

  @Test("the access log is what its program writes", .enabled(if: access("/usr/bin/python3", X_OK) == 0, "no python3"))
  func accessLog() async throws {
    let script = "\(Repository.root)/Examples/incident/make-log.py"
    let made = try await RunningSymbi(["/usr/bin/python3", script], in: directory).finished()
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output == (try Repository.text("Examples/incident/access.log")))
  }
}
