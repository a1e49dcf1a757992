import SymbiontCore
import SymbiontSandbox

/// What a `symbi sandbox` command asks of the process that owns the sandboxes: one line of JSON.
///
/// With it come, as descriptors, the standard streams of the command where it needs them.
struct HostRequest: Codable, Sendable {
  /// What is to be done.
  enum Operation: String, Codable, Sendable {
    case run, exec, list, logs, usage, snapshot, restore, fork, remove, upload, download, snapshots, removeSnapshot
  }

  /// The version of the protocol; another one is refused.
  var version = HostRequest.currentVersion
  var operation: Operation
  var sandboxID: SandboxID?
  var snapshotID: SnapshotID?
  /// What a sandbox is made of.
  var config: SandboxConfig?
  var options: SandboxOptions?
  /// A command, and how it is run.
  var command: HostCommand?
  /// Whether the sandbox outlives its command.
  var isDetached = false
  var name: String?
  var count: Int?
  var localPath: String?
  var remotePath: String?

  static let currentVersion = 1

  init(_ operation: Operation) { self.operation = operation }
}

/// A command that is run in a sandbox.
struct HostCommand: Codable, Sendable {
  var arguments: [String]
  var environment: [String: String] = [:]
  var timeout: Duration?
  var terminal: TerminalSize?
}

/// What is said about a running command after the request: one line of JSON each.
struct HostOrder: Codable, Sendable {
  var signal: Int32?
  var size: TerminalSize?
}

/// The answer to a request: one line of JSON.
struct HostReply: Codable, Sendable {
  /// Why it could not be done.
  struct Failure: Codable, Sendable {
    var code: String
    var message: String
    /// Whether it was asked wrongly.
    var isUsage: Bool
  }

  /// How a command ended.
  struct Exit: Codable, Sendable {
    var code: Int32
    var timedOut: Bool
    var violations: [ResourceKind]
  }

  var failure: Failure?
  var exit: Exit?
  var sandboxIDs: [SandboxID]?
  var snapshotID: SnapshotID?
  var sandboxes: [SandboxDescription]?
  var snapshots: [SandboxSnapshot]?
  var usage: SandboxUsage?
  var lines: [SandboxLogLine]?

  init() {}

  init(_ error: SandboxError) {
    let isUsage: Bool =
      switch error {
      case .configurationInvalid, .sandboxNotFound, .commandInvalid, .invalidState, .pathInvalid, .pathEscapesWorkspace,
        .notFound, .notAFile:
        true
      default: false
      }
    failure = Failure(code: error.code, message: error.message, isUsage: isUsage)
  }
}
