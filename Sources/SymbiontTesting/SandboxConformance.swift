import SymbiontCore
package import SymbiontSandbox

/// What every sandbox must do alike, whatever engine made it.
///
/// The checks use commands that busybox has, too. They run one after the other in one sandbox, and each leaves nothing
/// behind.
package struct SandboxConformance: Sendable {
  /// One thing that is checked.
  package struct Check: Sendable {
    /// What must be true, as a sentence.
    package let name: String
    let run: @Sendable (SandboxConformance) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (SandboxConformance) async throws -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// A check that did not hold.
  package struct Failure: Error, CustomStringConvertible {
    /// What failed and how, a line each.
    package let description: String
  }

  /// The connection to the sandbox, greeted and configured.
  package let connection: GuestConnection
  /// The sandbox.
  package let sandbox: any LaunchedSandbox
  /// Where the sandbox has its workspace.
  package let workspace: String

  /// How long a command of a check may take: a loaded machine that emulates another needs its time.
  static let timeout = Duration.seconds(300)

  package init(
    connection: GuestConnection, sandbox: any LaunchedSandbox,
    workspace: String = GuestConnection.defaultWorkspacePath
  ) {
    self.connection = connection
    self.sandbox = sandbox
    self.workspace = workspace
  }

  /// Everything that holds for any guest, confined or not.
  package static let semantics: [Check] = endings + streams + trees + files
  /// Everything, for a sandbox of a real engine.
  package static let all: [Check] = semantics + confinement

  /// Runs checks in the sandbox, and throws at the end when some did not hold.
  ///
  /// - Parameter report: Is told the name of each check before it runs.
  package func run(
    _ checks: [Check] = all, report: @Sendable (String) -> Void = { _ in }
  ) async throws {
    var failures: [String] = []
    for check in checks {
      report(check.name)
      do {
        try await check.run(self)
      } catch {
        failures.append("\(check.name): \(error)")
        guard connection.isOpen else { break }
      }
    }
    guard failures.isEmpty else { throw Failure(description: failures.joined(separator: "\n")) }
  }
}

extension SandboxConformance {
  /// Throws unless a condition holds.
  static func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    guard condition else { throw Failure(description: message()) }
  }

  /// Throws unless two values are the same.
  static func require<Value: Equatable>(_ value: Value, is expected: Value, _ what: String) throws {
    try require(value == expected, "\(what) is \(value), not \(expected)")
  }

  /// Throws unless the body throws an error that the condition accepts.
  static func requireError(
    _ what: String, where accepts: (SandboxError) -> Bool, from body: () async throws(SandboxError) -> Void
  ) async throws {
    do {
      try await body()
    } catch {
      return try require(accepts(error), "\(what) failed otherwise: \(error)")
    }
    throw Failure(description: "\(what) was no error")
  }

  /// Bytes of a generator, eight at a time.
  static func randomBytes(_ count: Int, using random: inout SeededRandom) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) } }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
