import Foundation
import Testing

@Suite("symbi doctor")
struct DoctorTests {
  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  @Test("tries every guarantee of the sandbox and the disk, and leaves nothing behind", .needsRunc)
  func healthy() async throws {
    let finished = try await Symbi.run("doctor", "--json", in: directory)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(finished.output.utf8)) as? [String: Any])
    let sandbox = try #require(report["sandbox"] as? [String: Any])
    let checks = try #require(sandbox["checks"] as? [[String: Any]])
    let names = checks.compactMap { $0["guarantee"] as? String }
    #expect(Set(names).isSuperset(of: ["memory-limit", "process-limit", "read-only-root", "no-network", "timeout"]))
    let disk = try #require(report["disk"] as? [String: Any])
    let tiers = try #require(report["tiers"] as? [[String: Any]])
    let unsound = tiers.flatMap { $0["engines"] as? [[String: Any]] ?? [] }.filter { engine in
      let limits = engine["limits"] as? [[String: Any]] ?? []
      return engine["usable"] as? Bool == true
        && (engine["failure"] is String || limits.contains { $0["state"] as? String == "failed" })
    }
    #expect(unsound.isEmpty, "\(unsound)")
    let works = sandbox["usable"] as? Bool == true && disk["durable"] as? Bool == true && unsound.isEmpty
    #expect(report["healthy"] as? Bool == works)
    #expect(finished.status == (report["healthy"] as? Bool == true ? 0 : 1))
    #expect(try directory.list().isEmpty)
  }

  @Test("starts a sandbox with every engine that is found, and exceeds its limits", .needsRunc)
  func tiers() async throws {
    let finished = try await Symbi.run("doctor", "--json", in: directory)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(finished.output.utf8)) as? [String: Any])
    let tiers = try #require(report["tiers"] as? [[String: Any]])
    #expect(tiers.compactMap { $0["tier"] as? Int } == [1, 2, 3])
    #expect(tiers.first?["chosen"] as? String == "runc")
    let engines = tiers.flatMap { $0["engines"] as? [[String: Any]] ?? [] }
    #expect(
      engines.compactMap { $0["engine"] as? String } == [
        "runc", "crun", "docker", "bubblewrap", "runsc", "docker-runsc", "qemu", "firecracker",
      ])
    for engine in engines {
      let name = engine["engine"] as? String ?? ""
      guard engine["usable"] as? Bool == true else {
        #expect(
          (engine["failure"] as? String)?.isEmpty == false && (engine["installation"] as? String)?.isEmpty == false)
        continue
      }
      let limits = try #require(engine["limits"] as? [[String: Any]])
      let states = Dictionary(
        limits.map { ($0["limit"] as? String ?? "", $0["state"] as? String ?? "") },
        uniquingKeysWith: { first, _ in first })
      #expect(states.count == 11 && !states.values.contains("failed"), "\(name): \(limits)")
      for limit in ["memory_mb", "cpu_cores", "pids", "workspace_mb", "execution_timeout", "read_only_root"] {
        #expect(states[limit] == "held", "\(name): \(limits)")
      }
    }
  }

  @Test("prints a table that fits into 100 columns, with one column for each engine that works", .needsRunc)
  func table() async throws {
    let finished = try await Symbi.run("doctor", in: directory)
    let lines = finished.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.filter { $0.count > 100 } == [])
    let head = try #require(lines.firstIndex { $0.hasPrefix("limit ") })
    let engines = lines[head].split(separator: " ").dropFirst()
    #expect(engines.contains("runc*"))
    let rows = lines[(head + 1)...].prefix { !$0.isEmpty }
    #expect(rows.count == 11)
    for row in rows { #expect(row.split(separator: " ").count == engines.count + 1, "\(row)") }
    for engine in engines {
      let name = engine.filter { $0 != "*" }
      #expect(lines.contains { $0.hasPrefix("ok   tier") && $0.contains(" \(name): ") }, "\(name)")
    }
  }

  @Test("ends with 1 on a file system that forgets, and says so", .needsRoot)
  func volatile() async throws {
    let script = "mkdir m && mount -t tmpfs none m && exec \"$0\" doctor --data m"
    let finished = try await RunningSymbi(["unshare", "--mount", "sh", "-c", script, Symbi.executable], in: directory)
      .finished()
    #expect(finished.status == 1)
    #expect(finished.output.contains("FAIL durable-commits"), "\(finished.output)")
    #expect(finished.output.contains("tmpfs forgets everything at a restart"), "\(finished.output)")
    #expect(finished.output.hasSuffix("something needed is missing, see above\n"))
  }

  @Test("ends with 1 when the directory is not there")
  func missingDirectory() async throws {
    let finished = try await Symbi.run("doctor", "--data", "none", in: directory)
    #expect(finished.status == 1)
    #expect(finished.output.contains("no directory can be made in `none`"), "\(finished.output)")
  }
}
