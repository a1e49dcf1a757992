import Foundation
import Testing

@Suite("symbi run")
struct RunTests {
  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  @Test("prints the result as JSON on standard output, and leaves nothing behind")
  func result() async throws {
    try directory.write("a.symbi", "agent main(n: int) -> JSON { { double: n * 2 } }\n")
    try FileManager.default.createDirectory(atPath: "\(directory.path)/tmp", withIntermediateDirectories: false)
    let environment = ["TMPDIR": "\(directory.path)/tmp"]
    let pretty = try await Symbi.run("run", "a.symbi", "--input", "21", environment: environment, in: directory)
    #expect(pretty.status == 0)
    #expect(pretty.output == "{\n  \"double\": 42\n}\n")
    let compact = try await Symbi.run(
      "run", "a.symbi", "--input", "21", "--json", "--quiet", environment: environment, in: directory)
    #expect(compact.output == "{\"double\":42}\n")
    #expect(compact.errors.isEmpty)
    #expect(try directory.list("tmp").isEmpty)
  }

  @Test("takes the input from the argument, a file or standard input")
  func inputs() async throws {
    try directory.write(
      "a.symbi", "agent main(name: String, times: int) -> String { format(\"{} {}\", name, times) }\n")
    let json = "{\"name\": \"ada\", \"times\": 3}"
    try directory.write("in.json", json)
    for (argument, input) in [(json, ""), ("@in.json", ""), ("-", json)] {
      let finished = try await Symbi.run("run", "a.symbi", "-q", "--input", argument, input: input, in: directory)
      #expect(finished.status == 0, "\(finished.errors)")
      #expect(finished.output == "\"ada 3\"\n")
    }
  }

  @Test("calls the agent named main, else the first, else the one that is asked for")
  func choosing() async throws {
    try directory.write("two.symbi", "agent first() -> int { 1 }\nagent second() -> int { 2 }\n")
    try directory.write("main.symbi", "agent first() -> int { 1 }\nagent main() -> int { 3 }\n")
    let first = try await Symbi.run("run", "two.symbi", "-q", in: directory)
    #expect(first.output == "1\n")
    let named = try await Symbi.run("run", "two.symbi", "-q", "--agent", "second", in: directory)
    #expect(named.output == "2\n")
    let main = try await Symbi.run("run", "main.symbi", "-q", in: directory)
    #expect(main.output == "3\n")
  }

  @Test("shows effects and logs on standard error, children indented")
  func progress() async throws {
    try directory.write(
      "a.symbi",
      """
      agent main() -> int { log("info", "here", { n: 1 }); remember("k", 1); call(child, 2) }
      agent child(n: int) -> int { recall("k", n) }
      """)
    let finished = try await Symbi.run("run", "a.symbi", in: directory)
    #expect(finished.output == "2\n")
    let lines = finished.errors.split(separator: "\n").map { $0.replacing(#/ \d+(\.\d+)? (µs|ms|s)$/#, with: "") }
    #expect(lines.contains("agent main"))
    #expect(lines.contains("info: main: here (n=1)"))
    #expect(lines.contains("  ok remember \"k\", 1"))
    #expect(lines.contains("  agent child"))
    #expect(lines.contains("    ok recall \"k\", 2"))
    #expect(lines.contains("  ok call \"child\", 2"))
  }

  @Test("ends with 1 when the agent fails, and underlines where")
  func failure() async throws {
    try directory.write(
      "a.symbi",
      """
      agent main(list: Array<int>) -> int {
          let index = 3;
          list[index]
      }
      """)
    let finished = try await Symbi.run("run", "a.symbi", "-q", "--input", "[1]", in: directory)
    #expect(finished.status == 1)
    #expect(finished.output.isEmpty)
    #expect(finished.errors.contains("a.symbi:3:9: error[IndexError]: index `3` is outside of"), "\(finished.errors)")
    #expect(finished.errors.contains("    3 |     list[index]\n      |         ^"), "\(finished.errors)")
  }

  @Test("shows the kind and the data of an error that the program throws")
  func thrown() async throws {
    try directory.write(
      "a.symbi", "agent main() -> int { throw error(\"OutOfStock\", \"no lamps\", { left: 0 }); }\n")
    let finished = try await Symbi.run("run", "a.symbi", "-q", in: directory)
    #expect(finished.status == 1)
    #expect(finished.errors.contains("error[OutOfStock]: no lamps"), "\(finished.errors)")
    #expect(finished.errors.contains("= data: {\"left\":0}"), "\(finished.errors)")
  }

  @Test("names the executions that have not ended, and how to go on with them")
  func spawned() async throws {
    try directory.write(
      "a.symbi",
      """
      agent main() -> int { spawn(waiter); 1 }
      agent waiter() -> JSON { receive() }
      """)
    let finished = try await Symbi.run("run", "a.symbi", "-q", "--data", "state", in: directory)
    #expect(finished.status == 0)
    #expect(finished.output == "1\n")
    #expect(
      finished.errors.hasPrefix("1 execution has not ended; with this data directory it can go on:\n"),
      "\(finished.errors)")
    #expect(finished.errors.contains("symbi run a.symbi --data state --resume "), "\(finished.errors)")
  }
}
