import Foundation
import Logging
import SymbiontCore
import SymbiontLanguage
import SymbiontMessaging
import SymbiontRuntime
import SymbiontSandbox
import SymbiontStore
import Testing

/// A runtime for one test, with a manual clock, a fake sandbox and a store in memory or in a directory.
struct RuntimeFixture {
  let time = ManualTime()
  var sandbox = FakeSandbox()
  var directory: String?
  var change: @Sendable (inout RuntimeConfiguration) -> Void = { _ in }

  func configuration() -> RuntimeConfiguration {
    var configuration: RuntimeConfiguration
    if let directory {
      configuration = RuntimeConfiguration(
        dataDirectory: directory, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    } else {
      configuration = RuntimeConfiguration(inMemoryWithWorkspaces: "/nowhere")
      configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }
    configuration.time = time
    configuration.messagingClock = ManualMessageTime(time)
    configuration.sandbox = sandbox
    configuration.drainTimeout = .milliseconds(200)
    change(&configuration)
    return configuration
  }

  /// Runs a runtime around the body and shuts it down.
  func with<T: Sendable>(_ body: @Sendable (Runtime) async throws -> T) async throws -> T {
    let runtime = try await Runtime.open(configuration())
    async let running: Void = runtime.run()
    let result: Result<T, any Error>
    do { result = .success(try await body(runtime)) } catch { result = .failure(error) }
    await runtime.shutdown()
    try await running
    return try result.get()
  }

  /// Deploys a program, calls its first agent and gives how that ended.
  func outcome(_ program: String, input: Value = .null) async throws -> ExecutionOutcome {
    try await with { runtime in
      let id = try await runtime.call(program, input: input)
      return try await runtime.outcome(of: id)
    }
  }

  /// A directory that is removed after the body.
  static func withDirectory<T>(_ body: (String) async throws -> T) async throws -> T {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("symbiont-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }
}

extension Runtime {
  /// Deploys a program and calls its first agent.
  func call(_ program: String, input: Value = .null) async throws -> ExecutionID {
    let agents = try await deploy(SourceText(name: "test.symbi", text: program))
    return try await execute(try #require(agents.first).id, input: input)
  }

  /// The next event of a kind, for tests that must know how far an execution has come.
  func waitUntilWaiting(_ id: ExecutionID) async throws {
    while try await execution(id)?.status != .waiting { await Task.yield() }
  }
}

extension ExecutionOutcome {
  /// The value of a completed execution.
  var value: Value? {
    if case .completed(let value) = self { value } else { nil }
  }

  /// The error of a failed one.
  var error: ProgramError? {
    if case .failed(let error) = self { error } else { nil }
  }
}
