import Foundation
import Testing

@Suite("symbi run with wrong input")
struct BadInputTests {
  let directory: TestDirectory

  init() throws {
    directory = try TestDirectory()
    try directory.write("a.symbi", "agent main(items: Array<int>) -> int { sum(items) }\nagent judge() -> int { 1 }\n")
  }

  @Test(
    "ends with 2 and says what is wrong with it",
    arguments: [
      (["--input", "{\"a\": 1,\n  2}"], "error[INPUT_NOT_JSON]: the input: invalid JSON at line 2, column 3: "),
      (["--input", ""], "error[INPUT_NOT_JSON]: the input is empty"),
      (["--input", "@none.json"], "error[FILE_NOT_FOUND]: there is no file `none.json`"),
      (["--input", "@."], "error[FILE_IS_DIRECTORY]: `.` is a directory"),
      (["--input", "[1, \"x\"]"], "error[INPUT_INVALID]: input[1]: expected int, found String"),
      ([], "error[INPUT_INVALID]: input: expected Array<int>, found null"),
      (
        ["--agent", "jugde"],
        "error[AGENT_UNKNOWN]: `a.symbi` declares no agent `jugde`\n  = help: did you mean `judge`?"
      ),
      (["--agent", "zzz"], "= help: it declares `main`, `judge`"),
      (["--agent", "judge", "--file", "none.txt"], "error[FILE_NOT_FOUND]: there is no file `none.txt`"),
      (
        ["--data", "d", "--resume", "01a2045a-febe-7747-bf26-bda5bf5f0672"],
        "error[STORE_DIRECTORY_UNUSABLE]: the data directory"
      ),
      (["--data", "d", "--resume", "12"], "error[EXECUTION_NOT_FOUND]: `12` is no execution id"),
    ])
  func wrong(_ arguments: [String], _ message: String) async throws {
    let finished = try await RunningSymbi([Symbi.executable, "run", "a.symbi"] + arguments, in: directory).finished()
    #expect(finished.status == 2)
    #expect(finished.output.isEmpty)
    #expect(finished.errors.contains(message), "\(finished.errors)")
  }

  @Test("refuses 100 MB from a file or a pipe without reading them")
  func tooLarge() async throws {
    try directory.writeSparse("large.json", bytes: 100 << 20)
    let message = "error[INPUT_TOO_LARGE]: the input has more than 16777216 bytes"
    let file = try await Symbi.run("run", "a.symbi", "--input", "@large.json", in: directory)
    #expect(file.status == 2)
    #expect(file.errors.contains(message), "\(file.errors)")
    let piped = try await RunningSymbi(
      ["sh", "-c", "head -c 104857600 /dev/zero | \"$0\" run a.symbi --input -", Symbi.executable], in: directory
    ).finished()
    #expect(piped.status == 2)
    #expect(piped.errors.contains(message), "\(piped.errors)")
  }

  @Test("refuses programs with errors and programs without agents")
  func programs() async throws {
    try directory.write("broken.symbi", "agent main() -> int { y }\n")
    let broken = try await Symbi.run("run", "broken.symbi", in: directory)
    #expect(broken.status == 2)
    #expect(broken.errors.contains("broken.symbi:1:23: error[E0301]"), "\(broken.errors)")
    try directory.write("empty.symbi", "function f() -> int { 1 }\n")
    let empty = try await Symbi.run("run", "empty.symbi", in: directory)
    #expect(empty.status == 2)
    #expect(empty.errors.contains("error[PROGRAM_WITHOUT_AGENT]: `empty.symbi` declares no agent"), "\(empty.errors)")
  }

  @Test("refuses a data directory that is a file, that others may use, or that cannot be written", .needsRoot)
  func dataDirectories() async throws {
    try directory.write("file", "")
    let file = try await Symbi.run("run", "a.symbi", "--agent", "judge", "--data", "file", in: directory)
    #expect(file.status == 2)
    #expect(file.errors.contains("error[STORE_DIRECTORY_UNUSABLE]"), "\(file.errors)")
    try FileManager.default.createDirectory(atPath: "\(directory.path)/open", withIntermediateDirectories: false)
    try directory.write("open/something", "")
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: "\(directory.path)/open")
    let open = try await Symbi.run("run", "a.symbi", "--agent", "judge", "--data", "open", in: directory)
    #expect(open.status == 2)
    #expect(open.errors.contains("can be used by others (mode `777`)"), "\(open.errors)")
    try FileManager.default.createDirectory(atPath: "\(directory.path)/fixed", withIntermediateDirectories: false)
    let script = "mount -t tmpfs -o ro,mode=700 none fixed && exec \"$0\" run a.symbi --agent judge --data fixed/state"
    let fixed = try await RunningSymbi(
      ["unshare", "--mount", "sh", "-c", script, Symbi.executable], in: directory
    ).finished()
    #expect(fixed.status == 2)
    #expect(fixed.errors.contains("is on a read-only file system"), "\(fixed.errors)")
  }
}
