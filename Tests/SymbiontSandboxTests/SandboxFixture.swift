import Foundation
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

/// A driver with a state directory and a workspace of its own, for one test.
struct SandboxFixture: Sendable {
  let configuration: RuncConfiguration
  let driver: RuncDriver
  /// The workspace is below a directory that only root can enter, as a data directory is.
  let workspace: String
  private let directory: String

  private init(_ adapt: (inout RuncConfiguration) throws -> Void) throws {
    let name = "test-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    directory = "/tmp/symbiont-\(name)"
    var configuration = RuncConfiguration(instance: name, stateDirectory: "\(directory)/state")
    try adapt(&configuration)
    self.configuration = configuration
    driver = RuncDriver(configuration)
    workspace = "\(directory)/data/workspace"
    try #require(mkdir(directory, 0o711) == 0)
    try #require(mkdir("\(directory)/data", 0o700) == 0)
  }

  /// Calls the body with a fixture, checks that no container, control group or bundle is left, and removes everything.
  static func run(
    adapt: (inout RuncConfiguration) throws -> Void = { _ in }, _ body: (SandboxFixture) async throws -> Void
  ) async throws {
    let fixture = try SandboxFixture(adapt)
    defer { try? FileManager.default.removeItem(atPath: fixture.directory) }
    do {
      try await body(fixture)
      #expect(fixture.remains == [])
    } catch {
      _ = try? await fixture.driver.reapAll(except: [])
      throw error
    }
  }

  /// Everything that exists of the fixture's containers.
  var remains: Set<String> {
    let directories = [configuration.engineStateDirectory, configuration.bundlesDirectory]
    let entries = directories.flatMap { path in
      ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).map { "\(path)/\($0)" }
    }
    let hierarchy = CgroupHierarchy(.current())
    let groups = hierarchy.names(instance: configuration.instance).flatMap(hierarchy.directories(of:))
    return Set(entries + groups)
  }

  /// A command that runs a shell script.
  func script(_ text: String, timeout: Duration = .seconds(60)) -> SandboxCommand {
    SandboxCommand(arguments: ["sh", "-c", text], timeout: timeout, workspace: workspace)
  }

  /// Runs a shell script.
  func run(_ text: String, timeout: Duration = .seconds(60)) async throws(SandboxError) -> CommandResult {
    try await driver.run(script(text, timeout: timeout))
  }

  /// Makes a named pipe in the workspace.
  ///
  /// The returned closure waits until a command has opened it for writing.
  func doorbell(_ name: String) async throws -> @Sendable () async -> Void {
    try await driver.prepareWorkspace(workspace)
    let path = "\(workspace)/\(name)"
    try #require(mkfifo(path, 0o666) == 0 && chmod(path, 0o666) == 0)
    return {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          close(open(path, O_RDONLY))
          continuation.resume()
        }
      }
    }
  }

  /// Writes an executable file outside of the workspace, to stand in for the engine.
  static func program(_ text: String) throws -> String {
    let path = "/tmp/symbiont-engine-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(fileURLWithPath: path))
    try #require(chmod(path, 0o755) == 0)
    return path
  }
}

extension CommandResult {
  /// The standard output as text.
  var output: String { String(decoding: standardOutput, as: UTF8.self) }
  /// The standard error as text.
  var errors: String { String(decoding: standardError, as: UTF8.self) }
}
