import Foundation
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

/// Workspaces of agents that have a size.
@Suite("Workspaces of agents with a size", .needsRunc, .serialized)
struct AgentWorkspaceTests {
  private static let megabytes = 32

  private static func commands(
    _ fixture: OrchestratorFixture, megabytes: Int? = megabytes, allowsUnenforcedLimits: Bool = false
  ) -> OrchestratedCommands {
    let runc = RuncConfiguration(
      instance: fixture.configuration.instance, stateDirectory: fixture.configuration.stateDirectory)
    return OrchestratedCommands(
      fixture.orchestrator, prober: RuncDriver(runc), allowsUnenforcedLimits: allowsUnenforcedLimits,
      workspaceMegabytes: megabytes)
  }

  private static func run(
    _ script: String, _ commands: OrchestratedCommands, in workspace: String, tier: SecurityTier = .tier1
  ) async throws -> CommandResult {
    try await commands.run(
      SandboxCommand(
        agentID: AgentID(), tier: tier, arguments: ["sh", "-c", script], timeout: .seconds(120), workspace: workspace,
        limits: ResourceLimits(memoryMegabytes: 128), processLimit: 32))
  }

  private static func runsc(_ configuration: SandboxOrchestratorConfiguration) -> [any SandboxDriver] {
    [
      OCIRuntimeDriver(
        engine: .runsc,
        configuration: ContainerConfiguration(
          instance: configuration.instance, stateDirectory: configuration.stateDirectory,
          guestPath: "\(Products.directory)/symbi-guest"))
    ]
  }

  @Test(
    "a command that fills it, file by file, is stopped at its size and says so",
    arguments: [SecurityTier.tier1, .tier2])
  func filling(tier: SecurityTier) async throws {
    let drivers = tier == .tier2 ? Self.runsc : { [OrchestratorFixture.runc($0)] }
    try await OrchestratorFixture.run(drivers: drivers) { fixture in
      let (commands, workspace) = (Self.commands(fixture), "\(fixture.home)/agent")
      try await commands.attest(tier, limits: ResourceLimits(memoryMegabytes: 128), processes: 32)
      let script =
        "n=0; while head -c 1m /dev/zero > f$n 2>/dev/null; do n=$((n+1)); [ $n -lt 100 ] || exit 9; done; echo $n"
      let result = try await Self.run(script, commands, in: workspace, tier: tier)
      #expect(result.exitCode == 0 && result.violations == [.workspace], "\(result)")
      let whole = try #require(Int(result.output.dropLast()))
      #expect((Self.megabytes / 2..<Self.megabytes).contains(whole))
      await #expect(throws: SandboxError.self) {
        try await WorkspaceFiles(directory: workspace).write("more", [UInt8](repeating: 0, count: 2 << 20))
      }
      // What is removed is room again.
      let second = try await Self.run("rm f*; echo small > kept", commands, in: workspace, tier: tier)
      #expect(second.exitCode == 0 && second.violations == [])
      await commands.close()
    }
  }

  @Test("its files outlive the runtime, which may die or close, and end with the workspace")
  func lasting() async throws {
    try await OrchestratorFixture.run { fixture in
      let (first, workspace) = (Self.commands(fixture), "\(fixture.home)/agent")
      #expect(try await Self.run("echo one > file; chmod 600 file", first, in: workspace).exitCode == 0)
      // One that died has unmounted nothing; the next has no size set, which changes nothing for this agent.
      let second = Self.commands(fixture, megabytes: nil)
      #expect(try await Self.run("cat file; echo two > file", second, in: workspace).output == "one\n")
      await second.close()
      #expect(MountTable.current().entries.allSatisfy { $0.path != workspace })
      let third = Self.commands(fixture)
      #expect(try await Self.run("cat file", third, in: workspace).output == "two\n")
      try await third.removeWorkspace(workspace)
      #expect(!FileManager.default.fileExists(atPath: workspace))
      #expect(try await Self.run("ls -A", third, in: workspace).output == "")
      await third.close()
      await first.close()
    }
  }

  @Test("what a runtime leaves that dies while it looks at a workspace is removed, and agents' workspaces are not")
  func reaped() async throws {
    try await OrchestratorFixture.run { fixture in
      let (first, workspace) = (Self.commands(fixture), "\(fixture.home)/agent")
      let probe = "\(fixture.configuration.stateDirectory)/attestations/\(AgentVolumes.probePrefix)\(SandboxID())"
      try FileManager.default.createDirectory(
        atPath: "\(fixture.configuration.stateDirectory)/attestations", withIntermediateDirectories: true)
      for path in [workspace, probe] { try await first.prepareWorkspace(path) }
      #expect(MountTable.current().entries.contains { $0.path == probe })
      let second = Self.commands(fixture)
      try await second.reapAll(except: [])
      #expect(!FileManager.default.fileExists(atPath: probe))
      let files = try FileManager.default.contentsOfDirectory(atPath: "\(fixture.configuration.dataDirectory)/agents")
      #expect(files == ["agent.img"])
      await first.close()
      #expect(MountTable.current().entries.allSatisfy { !$0.path.hasPrefix("\(fixture.home)/") })
    }
  }

  @Test("eight commands at once find one volume")
  func concurrent() async throws {
    try await OrchestratorFixture.run { fixture in
      let (commands, workspace) = (Self.commands(fixture), "\(fixture.home)/agent")
      try await withThrowingTaskGroup(of: Int32?.self) { group in
        for number in 0..<8 {
          group.addTask { try await Self.run("echo \(number) > \(number)", commands, in: workspace).exitCode }
        }
        for try await code in group { #expect(code == 0) }
      }
      #expect(MountTable.current().entries.filter { $0.path == workspace }.count == 1)
      #expect(try await Self.run("ls | wc -l", commands, in: workspace).output == "8\n")
      await commands.close()
    }
  }

  @Test("files that were there before, and a volume that is larger than allowed, are refused and not hidden")
  func refused() async throws {
    try await OrchestratorFixture.run { fixture in
      let workspace = "\(fixture.home)/agent"
      let plain = Self.commands(fixture, megabytes: nil)
      let written = try await Self.run("echo mine > file", plain, in: workspace)
      #expect(written.exitCode == 0)
      await Self.expectRefusal { try await Self.run("true", Self.commands(fixture), in: workspace) }
      let weakened = Self.commands(fixture, allowsUnenforcedLimits: true)
      #expect(try await Self.run("cat file", weakened, in: workspace).output == "mine\n")
      let large = "\(fixture.home)/large"
      let commands = Self.commands(fixture, megabytes: 64)
      #expect(try await Self.run("true", commands, in: large).exitCode == 0)
      await commands.close()
      await Self.expectRefusal { try await Self.run("true", Self.commands(fixture), in: large) }
    }
  }

  /// A call must be refused for the size of the workspace.
  private static func expectRefusal(_ body: () async throws -> CommandResult) async {
    do {
      Issue.record("it was not refused: \(try await body())")
    } catch {
      guard case SandboxError.limitUnenforceable("workspace_mb", _) = error else {
        Issue.record("it was refused for something else: \(error)")
        return
      }
    }
  }
}
