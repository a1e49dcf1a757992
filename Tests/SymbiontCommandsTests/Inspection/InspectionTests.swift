import Foundation
import Testing

@Suite("symbi executions")
struct InspectionTests {
  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  private func runOnce() async throws -> String {
    try directory.write(
      "a.symbi",
      """
      agent main(n: int) -> int {
          remember("k", n);
          let _caught = try { call(child, "wrong") } catch (AgentFailed e) { 0 };
          call(child, n)
      }
      agent child(n: int) -> int { recall("k", 1) }
      """)
    let run = try await Symbi.run("run", "a.symbi", "-q", "--input", "5", "--data", "state", in: directory)
    #expect(run.status == 0, "\(run.errors)")
    let list = try await Symbi.run("executions", "list", "--data", "state", "--json", in: directory)
    let executions = try #require(
      try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]], "\(list.errors)")
    let main = try #require(executions.last { $0["agent"] as? String == "main" })
    #expect(main["status"] as? String == "Completed")
    #expect(main["input"] as? Int == 5)
    return try #require(main["id"] as? String)
  }

  @Test("list shows what the directory holds")
  func list() async throws {
    let id = try await runOnce()
    let finished = try await Symbi.run("executions", "list", "--data", "state", in: directory)
    #expect(finished.status == 0)
    #expect(finished.output.hasPrefix("execution "))
    #expect(finished.output.contains("\(id)  main   Completed  "), "\(finished.output)")
  }

  @Test("show prints the journal as a timeline with the children indented")
  func show() async throws {
    let id = try await runOnce()
    let finished = try await Symbi.run("executions", "show", id, "--data", "state", in: directory)
    #expect(finished.status == 0)
    let text = finished.output
    #expect(text.contains("▸ main  \(id)  Completed"), "\(text)")
    #expect(text.contains("  ✓  remember \"k\", 5"), "\(text)")
    #expect(text.contains("  ✗  call \"child\", \"wrong\"  AgentFailed"), "\(text)")
    #expect(text.contains("    ▸ child  "), "\(text)")
    #expect(text.hasSuffix("result: 1\n"), "\(text)")
    let cut = try await Symbi.run("executions", "show", id, "--data", "state", "--limit", "1", in: directory)
    #expect(cut.output.contains("… more effects; raise --limit to see them"))
  }

  @Test("show prints JSON with the effects and their children")
  func json() async throws {
    let id = try await runOnce()
    let finished = try await Symbi.run("executions", "show", id, "--data", "state", "--json", in: directory)
    let shown = try #require(try JSONSerialization.jsonObject(with: Data(finished.output.utf8)) as? [String: Any])
    let effects = try #require(shown["effects"] as? [[String: Any]])
    #expect(effects.map { $0["effect"] as? String } == ["remember", "call", "call"])
    #expect((effects[1]["error"] as? [String: Any])?["kind"] as? String == "AgentFailed")
    #expect((effects[2]["children"] as? [[String: Any]])?.count == 1)
  }

  @Test("refuses what is not there, with 2")
  func missing() async throws {
    let nothing = try await Symbi.run("executions", "list", "--data", "none", in: directory)
    #expect(nothing.status == 2)
    #expect(nothing.errors.contains("error[STORE_DIRECTORY_UNUSABLE]"), "\(nothing.errors)")
    _ = try await runOnce()
    let unknown = try await Symbi.run(
      "executions", "show", "01a2045a-febe-7747-bf26-bda5bf5f0672", "--data", "state", in: directory)
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("error[EXECUTION_NOT_FOUND]: there is no execution"), "\(unknown.errors)")
    let resumed = try await Symbi.run(
      "run", "a.symbi", "--data", "state", "--resume", "01a2045a-febe-7747-bf26-bda5bf5f0672", in: directory)
    #expect(resumed.status == 2)
    #expect(resumed.errors.contains("error[EXECUTION_NOT_FOUND]: there is no execution"), "\(resumed.errors)")
  }
}
