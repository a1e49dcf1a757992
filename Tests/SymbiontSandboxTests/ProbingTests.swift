import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("Probing the sandbox", .needsRunc)
struct ProbingTests {
  @Test("every promise is tried and holds")
  func holds() async throws {
    try await SandboxFixture.run { fixture in
      let probe = await fixture.driver.probe()
      #expect(probe.failure == nil)
      #expect(probe.enginePath == RequiredEngine.path)
      #expect(probe.engineVersion?.hasPrefix("runc version ") == true)
      #expect(probe.checks.filter { !$0.holds } == [])
      #expect(probe.checks.map(\.guarantee) == SandboxProbe.Guarantee.allCases)
      #expect(probe.isUsable)
      let left = try FileManager.default.contentsOfDirectory(atPath: fixture.configuration.stateDirectory)
      #expect(left == [])
    }
  }

  @Test("a probe beside a running command leaves it alone")
  func beside() async throws {
    try await SandboxFixture.run { fixture in
      let started = try await fixture.doorbell("started")
      let finish = try await fixture.doorbell("finish")
      async let running = fixture.run("echo > started; echo > finish; echo done")
      await started()
      let other = RuncDriver(fixture.configuration)
      _ = await other.probe()
      await finish()
      let result = try await running
      #expect(result.output == "done\n")
    }
  }

  @Test("without an engine it says what is missing, and is not usable")
  func missing() async throws {
    try await SandboxFixture.run(adapt: { $0.enginePath = "/no/such/runc" }) { fixture in
      let probe = await fixture.driver.probe()
      #expect(probe.failure?.contains("`/no/such/runc`") == true)
      #expect(probe.checks.isEmpty)
      #expect(!probe.isUsable)
    }
  }

  @Test("an engine that does not confine is found out")
  func pretender() async throws {
    // Starts a process that has no limit and no namespace, and calls it a container.
    let engine = try SandboxFixture.program(
      """
      case "$*" in
        *--version*) echo runc version 9 ;;
        *pid-file*) while [ "$1" != --pid-file ]; do shift; done
          setsid sh -c 'id -u; sleep 0.1' & echo $! > "$2" ;;
      esac
      """)
    defer { unlink(engine) }
    try await SandboxFixture.run(adapt: { $0.enginePath = engine }) { fixture in
      let probe = await fixture.driver.probe()
      #expect(probe.checks.filter(\.holds) == [])
      #expect(!probe.isUsable)
    }
  }
}
