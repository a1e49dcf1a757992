import Foundation
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

/// A driver of an instance of its own, with a workspace, on the suite's Docker Engine.
struct DockerFixture: Sendable {
  let configuration: DockerConfiguration
  let driver: DockerDriver
  let workspace: String
  let directory: String

  private init(usesGVisor: Bool, guest: String?) throws {
    let daemon = try #require(DockerDaemon.current)
    let name = "test-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    directory = "/tmp/symbiont-\(name)"
    workspace = "\(directory)/workspace"
    try #require(mkdir(directory, 0o711) == 0 && mkdir(workspace, 0o700) == 0)
    var guestPath: String?
    if let guest {
      let path = "\(directory)/guest"
      try Data("#!/bin/sh\n\(guest)\n".utf8).write(to: URL(fileURLWithPath: path))
      try #require(chmod(path, 0o755) == 0)
      guestPath = path
    }
    configuration = DockerConfiguration(
      instance: name, socketPath: daemon.socketPath, stateDirectory: "\(directory)/state", guestPath: guestPath,
      connectTimeout: .seconds(60), callTimeout: .seconds(180))
    driver = DockerDriver(configuration, usesGVisor: usesGVisor)
    try #require(chown(workspace, configuration.commandUserID, configuration.commandUserID) == 0)
  }

  /// Calls the body with a fixture, checks that nothing of it is left on the machine, and removes everything.
  ///
  /// - Parameter guest: A shell script that stands in for the guest; nil for the real one.
  static func run(
    guest: String?, usesGVisor: Bool = false, _ body: (DockerFixture) async throws -> Void
  ) async throws {
    let fixture = try DockerFixture(usesGVisor: usesGVisor, guest: guest)
    defer { try? FileManager.default.removeItem(atPath: fixture.directory) }
    do {
      try await body(fixture)
      #expect(try await fixture.driver.survivors() == [])
      #expect(!MountTable.current().hasMounts(below: fixture.directory))
    } catch {
      _ = try? await fixture.driver.reap(Array(fixture.driver.survivors()))
      throw error
    }
  }

  /// What is started unless a test wants something else.
  func launch(
    _ sandboxID: SandboxID = SandboxID(), memoryMegabytes: Int = 64, cpuCores: Double = 1, processes: Int = 64
  ) -> SandboxLaunch {
    SandboxLaunch(
      sandboxID: sandboxID, volume: .directory(workspace),
      limits: SandboxLimits(
        resources: ResourceLimits(memoryMegabytes: memoryMegabytes, cpuCores: cpuCores), processes: processes,
        temporaryMegabytes: 16))
  }

  /// Another driver of the same instance, as a runtime has that was started again.
  var successor: DockerDriver { DockerDriver(configuration, usesGVisor: driver.engine == .dockerRunsc) }

  /// Starts a sandbox, calls the body, destroys it, and checks that its control group is gone.
  func withSandbox(_ launch: SandboxLaunch, _ body: (any LaunchedSandbox) async throws -> Void) async throws {
    let sandbox = try await driver.launch(launch)
    do {
      try await body(sandbox)
    } catch {
      try? await sandbox.destroy()
      throw error
    }
    let group = try #require(sandbox.group)
    try await sandbox.destroy()
    #expect(!group.exists)
  }

  /// What a script prints that is run in the guest's stead.
  static func output(of script: String, usesGVisor: Bool = false) async throws -> String {
    var output = ""
    try await run(guest: script, usesGVisor: usesGVisor) { fixture in
      try await fixture.withSandbox(fixture.launch()) { sandbox in
        output = String(decoding: try await sandbox.channel.readToEnd(), as: UTF8.self)
      }
    }
    return output
  }
}

extension LaunchedSandbox {
  /// The control group.
  var group: ControlGroup? { controlGroupPath.map { ControlGroup(path: $0, hierarchy: CgroupHierarchy(.current())) } }
}

extension GuestChannel {
  /// Reads up to the number of bytes; fewer at the end.
  func read(_ count: Int) async throws -> [UInt8] {
    try await BlockingReads.perform {
      var bytes: [UInt8] = []
      while bytes.count < count {
        guard try reading.read(upTo: min(count - bytes.count, 65_536), into: { bytes += $0 }) > 0 else { break }
      }
      return bytes
    }
  }

  /// Reads all that comes.
  func readToEnd() async throws -> [UInt8] { try await read(.max) }

  /// Writes all the bytes.
  func write(_ bytes: [UInt8]) async throws {
    try await BlockingReads.perform { try writing.write(bytes) }
  }

  /// Says that nothing more is written.
  func finishWriting() {
    writing.use { _ = shutdown($0, Int32(SHUT_WR)) }
  }
}

/// Runs calls that block on threads of their own.
private enum BlockingReads {
  static func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
  }
}
