import SymbiontCore
import SymbiontResources
import SymbiontSystem
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite(
  "Attacks from inside of a container that is a sandbox",
  .serialized)
struct ContainerAttackTests {
  private static let engines = ContainerFixture.engines

  @Test("every attack is withstood", arguments: engines, SandboxAttack.all)
  func attacks(engine: SandboxEngine, attack: SandboxAttack) async throws {
    try await ContainerFixture.run(engine) { fixture in
      let limits = SandboxAttack.Limits()
      try await fixture.sandbox {
        $0.limits.resources.memoryMegabytes = limits.memoryMegabytes
        $0.limits.resources.cpuCores = limits.cpuCores
        $0.limits.processes = limits.processes
        $0.limits.workspaceMegabytes = limits.workspaceMegabytes
      } _: { sandbox in
        try await sandbox.arm()
        try await attack.attempt(sandbox)
      }
    }
  }

  @Test("limits of a running sandbox go up and down", arguments: ContainerFixture.engines)
  func updated(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      try await fixture.sandbox { sandbox in
        try await sandbox.arm()
        let group = ControlGroup(
          path: try #require(sandbox.launched.controlGroupPath), hierarchy: CgroupHierarchy(.current()))
        var limits = sandbox.launch.limits
        for (megabytes, cores) in [(384, 1.5), (192, 0.25), (320, 1.0)] {
          limits.resources.memoryMegabytes = megabytes
          limits.resources.cpuCores = cores
          try await sandbox.launched.update(limits)
          #expect(try group.counters().memoryLimitBytes == megabytes * 1_048_576)
          #expect(try await sandbox.shell("echo alive").outputText == "alive\n")
        }
        limits.resources.memoryMegabytes = 1
        // What is in use cannot be taken away; the former limit holds then.
        if (try? await sandbox.launched.update(limits)) == nil {
          #expect(try group.counters().memoryLimitBytes == 320 * 1_048_576)
        }
      }
    }
  }
}
