import Foundation
import SymbiontLanguage
import Testing

/// Kills the real binary at every store commit and around every outside effect, starts it again, and compares.
@Suite("the crash sweep", .serialized)
struct CrashSweepTests {
  /// A moment at which the process ends itself by SIGKILL.
  struct KillPoint: Sendable, CustomStringConvertible {
    var moment: String
    var number: Int
    var description: String { "\(moment):\(number)" }
  }

  /// Runs that go on at the same time: each is mostly waiting for the disk and for containers.
  private static let parallelRuns = 4

  @Test("whenever the process is killed, a restart ends with the same result and no command ran twice")
  func sweep() async throws {
    let home = FileManager.default.temporaryDirectory.appendingPathComponent("symbiont-sweep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: home) }
    let program = home.appendingPathComponent("sweep.symbi")
    try Data(SweptProgram.source.utf8).write(to: program)

    let points = try await killPoints(program, home)
    print("crash sweep: \(points.count) kill points")
    #expect(points.count > 100)
    var survived = 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, point) in points.enumerated() {
        if index >= Self.parallelRuns {
          try await group.next()
          survived += 1
        }
        group.addTask { try await check(point, program, home.appendingPathComponent("run-\(index)")) }
      }
      while try await group.next() != nil { survived += 1 }
    }
    print("crash sweep: survived \(survived) of \(points.count) kill points")
  }

  /// Runs undisturbed, counts the moments and checks that there are as many effects as the sweep promises.
  private func killPoints(_ program: URL, _ home: URL) async throws -> [KillPoint] {
    let counts = home.appendingPathComponent("counts.json")
    let data = home.appendingPathComponent("undisturbed")
    let result = try await SymbiProcess.run(
      ["run", program.path, "--input", "10", "--data", data.path, "--json"],
      environment: ["SYMBIONT_CRASH_COUNT": counts.path], in: home)
    try #require(result.exitCode == 0, "\(result.errors)")
    #expect(result.output == SweptProgram.result + "\n")
    let effects = try await journal(try #require(try await rootExecution(data, home)), data, home)
    #expect(effects >= 30)
    let moments = try JSONDecoder().decode([String: Int].self, from: Data(contentsOf: counts))
    return moments.sorted { $0.key < $1.key }.flatMap { moment, count in
      (0..<count).map { KillPoint(moment: moment, number: $0 + 1) }
    }
  }

  private func check(_ point: KillPoint, _ program: URL, _ home: URL) async throws {
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: home) }
    let data = home.appendingPathComponent("data")
    let start = ["run", program.path, "--input", "10", "--data", data.path, "--json"]
    let killed = try await SymbiProcess.run(start, environment: ["SYMBIONT_CRASH_AT": point.description], in: home)
    // Concurrent effects share commits, so a run may need a few less than the one that was counted.
    if killed.signal != SIGKILL {
      #expect(killed.exitCode == 0 && killed.output == SweptProgram.result + "\n", "\(point): \(killed.errors)")
      return
    }
    let restart = try await rootExecution(data, home).map { id in
      ["run", program.path, "--data", data.path, "--json", "--resume", id]
    }
    let resumed = try await SymbiProcess.run(restart ?? start, in: home)
    #expect(resumed.exitCode == 0, "\(point): \(resumed.errors)")
    #expect(resumed.output == SweptProgram.result + "\n", "\(point)")
  }

  /// The id of the execution that nobody started; `nil` when the crash came before it.
  private func rootExecution(_ data: URL, _ home: URL) async throws -> String? {
    let listed = try await SymbiProcess.run(["executions", "list", "--data", data.path, "--json"], in: home)
    guard listed.exitCode == 0 else { return nil }
    let executions = try ValueJSON.parse(Array(listed.output.utf8)).arrayValue ?? []
    return executions.first { $0["parent"] == nil }?["id"]?.stringValue
  }

  private func journal(_ id: String, _ data: URL, _ home: URL) async throws -> Int {
    let shown = try await SymbiProcess.run(["executions", "show", id, "--data", data.path, "--json"], in: home)
    let execution = try ValueJSON.parse(Array(shown.output.utf8))
    return execution["effects"]?.arrayValue?.count ?? 0
  }
}
