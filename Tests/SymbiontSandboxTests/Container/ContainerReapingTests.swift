import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite(
  "What a dead runtime left of its containers",
  .serialized)
struct ContainerReapingTests {
  @Test("is found, killed and removed by the next one", arguments: ContainerFixture.engines)
  func reaped(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      let launch = try fixture.launch()
      let launched = try await fixture.driver.launch(launch)
      let sandbox = try await ContainerUnderTest.greet(launched, launch)
      let process = try await sandbox.connection.execute(ExecutionRequest(arguments: ["sleep", "1000"]))
      let next = fixture.driver
      #expect(try await next.survivors() == [launch.sandboxID])
      let reaped = try await next.reap([SandboxID(), launch.sandboxID])
      #expect(Set(reaped.keys) == [launch.sandboxID])
      #expect(reaped[launch.sandboxID]?.contains { $0.contains("control group") } == true)
      #expect(reaped[launch.sandboxID]?.contains { $0.contains("processes") } == true)
      #expect(try await next.survivors() == [])
      await #expect(throws: SandboxError.self) { _ = try await process.ending() }
      _ = await launched.waitForEnd()
      #expect(try await next.reap([launch.sandboxID]) == [:])
    }
  }

  @Test("is killed at once by the guard, and what is paused too", arguments: ContainerFixture.engines)
  func guarded(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      let launch = try fixture.launch()
      var driver: (any SandboxDriver)? = fixture.driver
      var launched = try await driver?.launch(launch)
      try await launched?.pause()
      let group = ControlGroup(
        path: try #require(launched?.controlGroupPath), hierarchy: CgroupHierarchy(.current()))
      let handles = try group.processes.map { try ProcessHandle(processID: $0) }
      #expect(!handles.isEmpty)
      // Nobody holds the sandbox or the driver any more, as after the death of a runtime.
      (driver, launched) = (nil, nil)
      for handle in handles { _ = await handle.waitForExit() }
      let reaped = try await fixture.driver.reap([launch.sandboxID])
      #expect(reaped[launch.sandboxID]?.isEmpty == false)
    }
  }
}
