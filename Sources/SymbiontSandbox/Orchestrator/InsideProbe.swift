import SymbiontCore

/// What a command sees of its own confinement, as the probe of the guest program prints it.
struct InsideProbe: Sendable, Hashable {
  var userID: UInt32 = 0
  /// The effective, permitted, inheritable, bounding and ambient capabilities together.
  var capabilities: UInt64 = .max
  var hasNoNewPrivileges = false
  var isRootReadOnly = false
  var networkDevices: Set<String> = ["unknown"]
  var workspaceBytes: Int?
  /// All memory of its kernel.
  var memoryTotalBytes: Int?
  /// The most memory that its own control group may have, as far as it can be seen from inside.
  var memoryLimitBytes: Int?
  /// The most processes that its user or its own control group may have, as far as it can be seen from inside.
  var processLimit: Int?

  /// The guest program itself, whatever the root file system is.
  private static let program = "/proc/self/exe"
  private static let outputLimit = 65_536
  private static let patience = Duration.seconds(60)
  /// The shortest timeout: the waiting probe must be ended by it.
  private static let shortest = Duration.milliseconds(1)

  init() {}

  /// Reads lines of a name and values: `uid 1000`, `capabilities 0`, `device lo`.
  init(text: String) {
    networkDevices = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2 else { continue }
      let value = String(words[1])
      switch words[0] {
      case "uid": userID = UInt32(value) ?? 0
      case "capabilities": capabilities = UInt64(value, radix: 16) ?? .max
      case "no_new_privileges": hasNoNewPrivileges = value == "1"
      case "read_only_root": isRootReadOnly = value == "1"
      case "device": networkDevices.insert(value)
      case "workspace_bytes": workspaceBytes = Int(value)
      case "memory_bytes": memoryTotalBytes = Int(value)
      case "memory_limit_bytes": memoryLimitBytes = Int(value)
      case "process_limit": processLimit = Int(value)
      default: break
      }
    }
  }

  /// Runs the probe as a command.
  static func read(_ connection: GuestConnection) async throws(SandboxError) -> InsideProbe {
    let request = ExecutionRequest(arguments: [program, "--probe"], timeout: patience)
    let result = try await connection.run(request, input: [], outputLimit: outputLimit)
    guard result.isSuccess else {
      throw .startFailed(
        reason:
          "the probe of the limits ended with code \(result.exitCode): \(String(decoding: result.standardError.prefix(1_024), as: UTF8.self))"
      )
    }
    return InsideProbe(text: String(decoding: result.standardOutput, as: UTF8.self))
  }

  /// Whether a command that does not end is ended by its timeout.
  static func isTimeoutKept(_ connection: GuestConnection) async throws(SandboxError) -> Bool {
    let request = ExecutionRequest(arguments: [program, "--probe-wait"], timeout: shortest)
    return try await connection.run(request, input: [], outputLimit: outputLimit).timedOut
  }
}
