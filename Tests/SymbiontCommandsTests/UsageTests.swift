import Foundation
import Testing

@Suite("The command line")
struct UsageTests {
  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  @Test("prints its version and its help to standard output")
  func versionAndHelp() async throws {
    let version = try await Symbi.run("--version", in: directory)
    #expect(version.status == 0)
    #expect(version.output == "0.1.0\n")
    let help = try await Symbi.run("--help", in: directory)
    #expect(help.status == 0)
    for command in ["run", "check", "fmt", "executions", "sandbox", "image", "doctor", "completions"] {
      #expect(help.output.contains("\n  \(command) "), "`\(command)` is missing in: \(help.output)")
    }
    #expect(help.errors.isEmpty)
  }

  @Test(
    "ends with 2 and one coded message for wrong arguments",
    arguments: [
      (["nonsense"], "Unexpected argument 'nonsense'"), (["run"], "Missing expected argument '<program>'"),
      (["run", "a.symbi", "--resume", "x"], "`--resume` needs `--data`"),
      (["run", "a.symbi", "--resume", "x", "--data", "d", "--input", "1"], "leave out --agent, --input and --file"),
      (["fmt"], "give either files or `--stdin`"), (["fmt", "--stdin", "a.symbi"], "give either files or `--stdin`"),
      (["executions", "list"], "Missing expected argument '--data <data>'"),
      (["executions", "list", "--data", "d", "--limit", "0"], "--limit must be between 1 and 10000"),
      (["completions", "tcsh"], "The value 'tcsh' is invalid"),
    ])
  func wrongArguments(_ arguments: [String], _ message: String) async throws {
    let process = try RunningSymbi([Symbi.executable] + arguments, in: directory)
    let finished = try await process.finished()
    #expect(finished.status == 2)
    #expect(finished.output.isEmpty)
    #expect(finished.errors.hasPrefix("error[USAGE]: "), "\(finished.errors)")
    #expect(finished.errors.contains(message), "\(finished.errors)")
  }

  @Test("prints a completion script for each shell", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) async throws {
    let finished = try await Symbi.run("completions", shell, in: directory)
    #expect(finished.status == 0)
    #expect(finished.output.contains("executions"))
  }

  @Test("says when standard output does not take the result")
  func fullOutput() async throws {
    try directory.write("a.symbi", "agent main() -> int { 1 }\n")
    let finished = try await Symbi.run("run", "a.symbi", in: directory, output: "/dev/full")
    #expect(finished.status == 1)
    #expect(finished.errors.contains("error[OUTPUT_FAILED]: "), "\(finished.errors)")
  }
}
