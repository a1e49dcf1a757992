import Foundation
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("Reaping what a dead runtime left", .needsRunc)
struct ReapingTests {
  /// Starts a container and forgets it, as a runtime does that is killed.
  ///
  /// The returned descriptor keeps the command's start from failing.
  @discardableResult
  private func abandon(
    _ command: SandboxCommand, _ fixture: SandboxFixture, isReleased: Bool = true
  ) async throws -> Descriptor? {
    let prepared = try await fixture.driver.prepared()
    try await fixture.driver.prepareWorkspace(fixture.workspace)
    let name = ContainerName(instance: fixture.configuration.instance, sandboxID: command.id)
    let bundle = ContainerBundle(of: name, in: fixture.configuration)
    try bundle.create(
      ContainerSpecification(command, name: name, root: prepared.root, configuration: fixture.configuration),
      sandboxID: command.id)
    let streams = try CommandStreams(input: [], owner: fixture.configuration.owner)
    #expect(try await prepared.engine.create(name, bundle: bundle, streams: streams))
    return isReleased ? try prepared.engine.release(name) : nil
  }

  @Test("a container whose command was not started yet is removed")
  func unreleased() async throws {
    try await SandboxFixture.run { fixture in
      let command = fixture.script("echo > ran")
      try await abandon(command, fixture, isReleased: false)
      #expect(try await RuncDriver(fixture.configuration).reap([command.id]) == [command.id])
      #expect(access("\(fixture.workspace)/ran", F_OK) != 0)
    }
  }

  @Test("a mount that an engine left in its state, because it was killed, is removed")
  func leftMount() async throws {
    try await SandboxFixture.run { fixture in
      _ = try await fixture.driver.prepared()
      let sandboxID = SandboxID()
      let name = ContainerName(instance: fixture.configuration.instance, sandboxID: sandboxID)
      let state = EngineState(of: name, in: fixture.configuration)
      try #require(mkdir(state.path, 0o711) == 0)
      let copy = "\(state.path)/runc.copy"
      let arguments = ["--bind", "/bin/true", copy]
      try #require(FileManager.default.createFile(atPath: copy, contents: nil))
      let mount = try Process.run(URL(fileURLWithPath: "/bin/mount"), arguments: arguments)
      mount.waitUntilExit()
      try #require(mount.terminationStatus == 0)
      let reaped = try await fixture.driver.reapAll(except: [])
      #expect(reaped == [sandboxID])
      #expect(!MountTable.current().hasMounts(below: fixture.configuration.stateDirectory))
    }
  }

  @Test("a running container is killed and removed by the next runtime of the same data")
  func running() async throws {
    try await SandboxFixture.run { fixture in
      let started = try await fixture.doorbell("started")
      let command = fixture.script("(setsid sleep 1000 &); echo > started; sleep 1000")
      let start = try await abandon(command, fixture)
      await started()
      withExtendedLifetime(start) {}
      #expect(!fixture.remains.isEmpty)
      let successor = RuncDriver(fixture.configuration)
      #expect(try await successor.reap([SandboxID(), command.id]) == [command.id])
      #expect(fixture.remains == [])
      #expect(try await successor.reap([command.id]) == [])
    }
  }

  @Test("when a runtime dies its guard kills what it left running, and nothing of other instances")
  func guardKills() async throws {
    try await SandboxFixture.run { other in
      let foreign = other.script("sleep 1000")
      let foreignStart = try await abandon(foreign, other)
      defer { withExtendedLifetime(foreignStart) {} }
      try await SandboxFixture.run { fixture in
        let command = fixture.script("(setsid sleep 1000 &); sleep 1000")
        let start = try await abandon(command, fixture)
        defer { withExtendedLifetime(start) {} }
        let cgroups = CgroupHierarchy(.current())
        let processes = cgroups.processes(
          of: ContainerName(instance: fixture.configuration.instance, sandboxID: command.id))
        #expect(processes.count >= 1)
        let handles = try processes.map { try ProcessHandle(processID: $0) }
        var lifeline: OrphanGuard? = try await OrphanGuard.start(cgroups, instance: fixture.configuration.instance)
        #expect(lifeline != nil)
        lifeline = nil
        for handle in handles { _ = await handle.waitForExit() }
        try await fixture.driver.reap([command.id])
      }
      let name = ContainerName(instance: other.configuration.instance, sandboxID: foreign.id)
      #expect(!CgroupHierarchy(.current()).processes(of: name).isEmpty)
      try await other.driver.reap([foreign.id])
    }
  }

  @Test("a container that ended, and a bundle that was never used, are removed")
  func remains() async throws {
    try await SandboxFixture.run { fixture in
      let ended = fixture.script("true")
      try await abandon(ended, fixture)
      let prepared = try await fixture.driver.prepared()
      let unused = fixture.script("true")
      let name = ContainerName(instance: fixture.configuration.instance, sandboxID: unused.id)
      try ContainerBundle(of: name, in: fixture.configuration).create(
        ContainerSpecification(unused, name: name, root: prepared.root, configuration: fixture.configuration),
        sandboxID: unused.id)
      await #expect(throws: SandboxError.sandboxAlreadyExists(sandboxID: unused.id)) {
        try await fixture.driver.run(unused)
      }
      #expect(try await fixture.driver.reapAll(except: []) == [ended.id, unused.id].sorted())
    }
  }

  @Test("everything of the instance is reaped but what is excepted, and nothing of other instances")
  func exceptions() async throws {
    try await SandboxFixture.run { other in
      let foreign = other.script("sleep 1000")
      let foreignStart = try await abandon(foreign, other)
      defer { withExtendedLifetime(foreignStart) {} }
      try await SandboxFixture.run { fixture in
        let commands = (0..<3).map { _ in fixture.script("sleep 1000") }
        for command in commands { try await abandon(command, fixture) }
        let kept = commands[1].id
        let reaped = try await fixture.driver.reapAll(except: [kept])
        #expect(reaped == [commands[0].id, commands[2].id].sorted())
        #expect(try await fixture.driver.reapAll(except: []) == [kept])
      }
      #expect(try await other.driver.reapAll(except: []) == [foreign.id])
    }
  }

  @Test("a command that is repeated with its id after reaping runs")
  func repeated() async throws {
    try await SandboxFixture.run { fixture in
      let command = fixture.script("echo again")
      try await abandon(command, fixture)
      await #expect(throws: SandboxError.sandboxAlreadyExists(sandboxID: command.id)) {
        try await fixture.driver.run(command)
      }
      try await fixture.driver.reap([command.id])
      #expect(try await fixture.driver.run(command).output == "again\n")
    }
  }
}
