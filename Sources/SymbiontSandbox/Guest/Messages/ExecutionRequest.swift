import SymbiontCore

/// A command that is to run in a sandbox.
public struct ExecutionRequest: Sendable, Hashable {
  /// The program and its arguments; a program without a slash is looked for along `PATH`.
  public var arguments: [String]
  /// Variables, besides those that the sandbox is configured with.
  public var environment: [String: String]
  /// The directory that it starts in; nil for the workspace.
  public var workingDirectory: String?
  /// The size of its terminal; nil for plain pipes.
  ///
  /// A terminal has no separate stream for errors.
  public var terminal: TerminalSize?
  /// After how long it is killed, with everything that it started; nil for never.
  public var timeout: Duration?
  /// Whether something will be written to its standard input; it reads the end of it at once otherwise.
  public var hasInput: Bool
  /// Whether what it leaves in the background may live on when it ends.
  public var keepsBackground: Bool
  /// The user that it runs as; nil for the configured one.
  public var userID: UInt32?
  /// The group that it runs as; nil for the configured one.
  public var groupID: UInt32?
  /// Limits of each of its processes, 16 at most.
  public var limits: [ProcessLimit]
  /// Whether it keeps the guest's capabilities and may gain privileges; for the runtime's own probes only.
  package var gainsPrivileges = false

  /// Makes a request; what is not given has its default.
  public init(
    arguments: [String], environment: [String: String] = [:], workingDirectory: String? = nil,
    terminal: TerminalSize? = nil, timeout: Duration? = nil, hasInput: Bool = false, keepsBackground: Bool = false,
    userID: UInt32? = nil, groupID: UInt32? = nil, limits: [ProcessLimit] = []
  ) {
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.terminal = terminal
    self.timeout = timeout
    self.hasInput = hasInput
    self.keepsBackground = keepsBackground
    self.userID = userID
    self.groupID = groupID
    self.limits = limits
  }
}

extension ExecutionRequest {
  /// The most limits that a guest takes.
  static let maximumLimits = 16

  /// The request as the protocol asks for it; throws when it cannot be asked for.
  func execution() throws(SandboxError) -> GuestExecution {
    guard let program = arguments.first, !program.isEmpty else {
      throw .commandInvalid(reason: "it is empty")
    }
    let variables = environment.sorted { $0.key < $1.key }
    guard variables.allSatisfy({ !$0.key.isEmpty && !$0.key.utf8.contains(UInt8(ascii: "=")) }) else {
      throw .commandInvalid(reason: "the name of a variable is empty or holds a `=`")
    }
    guard limits.count <= Self.maximumLimits else {
      throw .commandInvalid(reason: "it has \(limits.count) process limits, and \(Self.maximumLimits) are taken")
    }
    var execution = GuestExecution()
    execution.arguments = arguments
    execution.environment = variables.map { "\($0.key)=\($0.value)" }
    execution.workingDirectory = workingDirectory ?? ""
    execution.hasInput = hasInput
    execution.keepsBackground = keepsBackground
    execution.gainsPrivileges = gainsPrivileges
    execution.terminal = terminal
    execution.timeout = timeout.map { max(1, $0.guestNanoseconds) } ?? 0
    execution.userID = userID
    execution.groupID = groupID
    execution.limits = limits
    let texts = execution.arguments + execution.environment + [execution.workingDirectory]
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw .commandInvalid(reason: "an argument, a variable or the working directory holds a zero byte")
    }
    return execution
  }
}

extension Duration {
  /// The whole nanoseconds of a duration that is not negative, as far as the protocol can say them.
  var guestNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowsSum) = whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
    // Half of the range, so that the guest can add it to its clock.
    return overflow || overflowsSum ? UInt64(Int64.max) / 2 : min(sum, UInt64(Int64.max) / 2)
  }
}
