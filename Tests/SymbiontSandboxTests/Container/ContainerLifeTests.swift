import Foundation
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite(
  "The life of a container that is a sandbox",
  .serialized)
struct ContainerLifeTests {
  @Test("the engine is found and says what it can do", arguments: ContainerFixture.engines)
  func examined(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      let report = await fixture.driver.examine()
      #expect(report.failure == nil)
      #expect(report.engine == engine)
      #expect(report.version?.contains(".") == true)
      #expect(report.capabilities.isSuperset(of: [.memoryLimit, .processLimit, .processorLimit, .pause, .limitUpdate]))
      #expect(report.capabilities.contains(.lateWorkspace) == (engine == .runc))
    }
  }

  @Test("a missing engine is said with what was looked for", arguments: ContainerFixture.engines)
  func missing(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      var configuration = fixture.configuration
      configuration.enginePath = "/nonexistent/engine"
      let report =
        engine == .bubblewrap
        ? await BubblewrapDriver(configuration: configuration).examine()
        : await OCIRuntimeDriver(engine: engine, configuration: configuration).examine()
      #expect(report.failure?.contains("/nonexistent/engine") == true)
      #expect(!report.isUsable)
    }
  }

  @Test("commands run as a user without rights, and nothing is left", arguments: ContainerFixture.engines)
  func commands(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      try await fixture.sandbox { sandbox in
        let result = try await sandbox.shell(
          "id -u; id -g; pwd; echo made > made; grep -E '^Cap(Inh|Prm|Eff)' /proc/self/status | tr -d '\\t'; hostname")
        #expect(
          result.outputText == """
            1000
            1000
            /workspace
            CapInh:0000000000000000
            CapPrm:0000000000000000
            CapEff:0000000000000000
            agent

            """)
        let made = "\(sandbox.workspace)/made"
        var status = stat()
        try #require(stat(made, &status) == 0)
        #expect(status.st_uid == fixture.configuration.firstUserID + RuncConfiguration.commandUserID)
      }
    }
  }

  @Test("destroying it twice, and after its guest ended, leaves nothing", arguments: ContainerFixture.engines)
  func destroyed(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      let launch = try fixture.launch()
      let launched = try await fixture.driver.launch(launch)
      let sandbox = try await ContainerUnderTest.greet(launched, launch)
      await sandbox.connection.shutdown()
      let ending = await launched.waitForEnd()
      #expect(ending.reason.hasPrefix("the first process exited with code 0"))
      try await launched.destroy()
      try await launched.destroy()
      #expect(await launched.waitForEnd() == ending)
    }
  }

  @Test("a second sandbox of the same id is refused, and the first lives on", arguments: ContainerFixture.engines)
  func sameID(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      let driver = fixture.driver
      try await fixture.sandbox(driver) { sandbox in
        await #expect(throws: SandboxError.sandboxAlreadyExists(sandboxID: sandbox.launch.sandboxID)) {
          _ = try await driver.launch(sandbox.launch)
        }
        let alive = try await sandbox.shell("echo alive")
        #expect(alive.outputText == "alive\n")
      }
    }
  }

  @Test("a launch that fails says why and leaves nothing", arguments: ContainerFixture.engines)
  func failures(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      let driver = fixture.driver
      for volume in [SandboxLaunch.Volume.directory("/nonexistent/workspace"), .image(path: "/x", mountedAt: nil)] {
        let launch = try fixture.launch { $0.volume = volume }
        await #expect(throws: SandboxError.self) { _ = try await driver.launch(launch) }
        #expect(fixture.remains == [])
      }
      let launch = try fixture.launch {
        $0.network = SandboxNetworkAttachment(
          namespacePath: "/nonexistent/netns", deviceName: "x", address: "10.0.0.2/30", gateway: "10.0.0.1")
      }
      await #expect(throws: SandboxError.self) { _ = try await driver.launch(launch) }
      #expect(fixture.remains == [])
      let restored = try fixture.launch { $0.memorySnapshot = "/nonexistent" }
      await #expect(throws: SandboxError.self) { _ = try await driver.launch(restored) }
    }
  }

  @Test("eight at once live and go", arguments: ContainerFixture.engines)
  func concurrent(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      let driver = fixture.driver
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<8 {
          group.addTask {
            try await fixture.sandbox(driver) { sandbox in
              let result = try await sandbox.shell("echo \(number) > mine; cat mine; ls | wc -l")
              #expect(result.outputText.split(whereSeparator: \.isWhitespace) == ["\(number)", "1"])
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("it stands still while it is paused", arguments: ContainerFixture.engines)
  func paused(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      try await fixture.sandbox { sandbox in
        let process = try await sandbox.connection.execute(
          ExecutionRequest(arguments: ["/bin/sh", "-c", "while :; do echo x >> ticks; done"], timeout: .seconds(60)))
        let ticks = "\(sandbox.workspace)/ticks"
        while access(ticks, F_OK) != 0 { await Task.yield() }
        try await sandbox.launched.pause()
        let before = try FileManager.default.attributesOfItem(atPath: ticks)[.size] as? Int
        for _ in 0..<1_000 { await Task.yield() }
        let after = try FileManager.default.attributesOfItem(atPath: ticks)[.size] as? Int
        #expect(before != nil && before == after)
        try await sandbox.launched.resume()
        #expect(try await sandbox.shell("echo again").outputText == "again\n")
        await process.kill()
      }
      // One that is paused can be destroyed.
      let launched = try await fixture.driver.launch(try fixture.launch())
      try await launched.pause()
      try await launched.destroy()
    }
  }

  @Test("what is mounted on the workspace after the start appears inside", arguments: [SandboxEngine.runc])
  func lateWorkspace(engine: SandboxEngine) async throws {
    guard ContainerFixture.engines.contains(engine) else { return }
    try await ContainerFixture.run(engine) { fixture in
      let attach = try fixture.volume()
      let late = try fixture.volume()
      try Data("late".utf8).write(to: URL(fileURLWithPath: "\(late)/file"))
      let (bind, shared): (UInt, UInt) = (0x1000, 0x10_0000)
      try #require(mount(attach, attach, nil, bind, nil) == 0 && mount(nil, attach, nil, shared, nil) == 0)
      defer { for _ in 0..<2 { umount2(attach, 2) } }
      try await fixture.sandbox {
        $0.volume = .directory(attach)
      } _: { sandbox in
        #expect(try await sandbox.shell("ls").outputText == "")
        try #require(mount(late, attach, nil, bind, nil) == 0)
        #expect(try await sandbox.shell("cd /workspace; cat file; echo done > answer").outputText == "late")
        #expect(try String(contentsOfFile: "\(late)/answer", encoding: .utf8) == "done\n")
      }
      for _ in 0..<2 { umount2(attach, 2) }
    }
  }
}
