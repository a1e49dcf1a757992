public import SymbiontCore

/// An attack from inside of a sandbox, and what must come of it.
///
/// The attacks are the same on every tier. The program `sandbox-attacker` makes most of them; it is static, so it runs above
/// every root file system.
public struct SandboxAttack: Sendable, CustomStringConvertible {
  /// What is tried, as a sentence about the sandbox that holds.
  public let name: String
  /// Makes the attack and throws a ``SandboxAttackSucceeded`` when the sandbox did not hold.
  public let attempt: @Sendable (any SandboxUnderAttack) async throws -> Void

  /// Makes an attack of its parts.
  public init(_ name: String, attempt: @escaping @Sendable (any SandboxUnderAttack) async throws -> Void) {
    self.name = name
    self.attempt = { sandbox in
      do {
        try await attempt(sandbox)
      } catch let error as SandboxError where sandbox.endsWhenMemoryIsOut {
        // It is contained when all of it went, and says so.
        let ending = await sandbox.ending()
        guard ending.contains("memory was out") else {
          throw SandboxAttackSucceeded("the sandbox was lost with `\(error.message)` and said `\(ending)`")
        }
      }
    }
  }

  /// The name.
  public var description: String { name }
}

/// A started sandbox, as the attacks see it.
public protocol SandboxUnderAttack: Sendable {
  /// Its limits.
  var limits: SandboxAttack.Limits { get }
  /// Where the attacking program is inside of it.
  var attackerPath: String { get }

  /// Whether it ends as a whole when its memory is out, because its engine is what the machine's kernel kills.
  var endsWhenMemoryIsOut: Bool { get }
  /// The processor time that it used, as the machine's kernel counts it.
  func processorTime() throws -> Duration
  /// Returns how it ended, once it has.
  func ending() async -> String

  /// Runs a command to its end in it.
  func run(_ arguments: [String], input: [UInt8], timeout: Duration) async throws -> CommandResult
  /// Copies a file of this machine into its workspace.
  func upload(_ localPath: String, to path: String) async throws
  /// Copies a file of its workspace to this machine.
  func download(_ path: String, to localPath: String) async throws
}

extension SandboxAttack {
  /// The limits of a sandbox under attack: small, so that they are reached soon.
  public struct Limits: Sendable {
    /// The memory, in megabytes.
    public var memoryMegabytes = 96
    /// The processor time, in cores.
    public var cpuCores = 0.5
    /// Processes and threads at once.
    public var processes = 64
    /// The size of the workspace, in megabytes.
    public var workspaceMegabytes = 16

    /// Makes the limits.
    public init() {}
  }
}

/// An attack that a sandbox did not withstand.
public struct SandboxAttackSucceeded: Error, CustomStringConvertible {
  /// What was seen.
  public let description: String

  /// Makes an error of what was seen.
  public init(_ description: String) {
    self.description = description
  }
}
