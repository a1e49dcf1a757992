import Foundation
import SymbiontLanguage
import Testing

/// Agents whose commands run in real sandboxes, on each tier.
@Suite("The sandboxes of agents", .serialized)
struct AgentSandboxTests {
  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  /// Writes into, changes and deletes from the workspace, by files and by commands, and tells what is there then.
  private static func program(_ tier: String) -> String {
    """
    tool words { command ["wc", "-w"] input text: String -> stdin output int }
    policy everything { allow: all }
    agent main() -> JSON {
        capabilities = ["FileSystem"]
        with sandbox = "\(tier)" {
            write_file("in.txt", "hello there");
            write_file("old/gone.txt", "x");
            let ran = exec("sh", "-c", "cat in.txt; rm old/gone.txt; mkdir -p new; echo made > new/out.txt; id -u; exit 3");
            write_file("in.txt", "changed");
            {
                ran: [ran.exit_code, ran.stdout], words: words("one two three"), seen: exec("cat", "in.txt").stdout,
                made: read_file("new/out.txt"), old: list_files("old"), names: map(list_files(), f => f.name)
            }
        }
    }
    """
  }

  private static let result =
    #"{"ran":[3,"hello there1000\n"],"words":3,"seen":"changed","made":"made\n","old":[],"names":["in.txt","new","old"]}"#

  private func check(_ tier: String) async throws {
    try directory.write("a.symbi", Self.program(tier))
    let finished = try await Symbi.run("run", "a.symbi", "--json", "--quiet", in: directory)
    #expect(finished.status == 0, "\(finished.errors)")
    #expect(finished.output == Self.result + "\n")
  }

  @Test("files and commands see the same workspace on tier 1", .needsRunc)
  func tier1() async throws { try await check("tier1") }

  @Test("files and commands see the same workspace on tier 2", .needsRunsc)
  func tier2() async throws { try await check("tier2") }

  @Test("files and commands see the same workspace on tier 3", .needsQEMU)
  func tier3() async throws { try await check("tier3") }

  @Test("an out-of-memory kill is named in the result and as a warning, not only as an exit code", .needsRunc)
  func memory() async throws {
    try directory.write(
      "a.symbi",
      """
      tool bomb { command ["sh", "-c", "head -c 900m /dev/zero | tail | wc -c; kill -9 $$"] output String }
      policy everything { allow: all }
      agent main() -> JSON {
          [exec("sh", "-c", "head -c 900m /dev/zero | tail").limits_reached[0],
           try { bomb() } catch (ToolFailed e) { [e.data.limits_reached[0], "Memory" in e.message] }]
      }
      """)
    let finished = try await Symbi.run("run", "a.symbi", "--json", in: directory)
    #expect(finished.output == "[\"Memory\",[\"Memory\",true]]\n", "\(finished.errors)")
    #expect(finished.errors.contains("was stopped at its limit of Memory"), "\(finished.errors)")
    #expect(finished.errors.contains("oom_kill 0 → 1"), "\(finished.errors)")
  }

  @Test("memory that runs out and ends a whole sandbox is named in the error", .needsRunsc)
  func endedSandbox() async throws {
    try directory.write(
      "a.symbi",
      """
      policy everything { allow: all }
      agent main() -> JSON {
          with sandbox = "tier2" {
              try { exec("sh", "-c", "head -c 900m /dev/zero | tail | wc -c") } catch (OutcomeUnknown e) {
                  e.data.limits_reached[0]
              }
          }
      }
      """)
    let finished = try await Symbi.run("run", "a.symbi", "--json", in: directory)
    #expect(finished.output == "\"Memory\"\n", "\(finished.errors)")
    #expect(finished.errors.contains("was stopped at its limit of Memory"), "\(finished.errors)")
  }

  @Test("the flag that gives limits up by name is known, and changes nothing where all of them hold", .needsRunc)
  func allowing() async throws {
    try directory.write(
      "a.symbi", "policy everything { allow: all }\nagent main() -> JSON { exec(\"true\").exit_code }\n")
    let help = try await Symbi.run("run", "--help", in: directory)
    #expect(help.output.contains("--allow-unenforced-limits"))
    let allowed = try await Symbi.run("run", "a.symbi", "-q", "--allow-unenforced-limits", in: directory)
    #expect(allowed.output == "0\n" && allowed.errors == "", "\(allowed.errors)")
  }
}
