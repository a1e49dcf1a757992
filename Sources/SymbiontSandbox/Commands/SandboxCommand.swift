public import SymbiontCore

/// A command to run in a sandbox of its own.
public struct SandboxCommand: Sendable, Hashable {
  /// The sandbox's id, which its caller has written down before, so that what is left after a crash can be found.
  public var id: SandboxID
  /// The agent that it is run for; nil when it is for none.
  public var agentID: AgentID?
  /// How strongly it must be isolated at least.
  public var tier: SecurityTier
  /// The program and its arguments, which no shell touches.
  ///
  /// A program without a `/` is looked for in `PATH`.
  public var arguments: [String]
  /// What the command reads as its standard input.
  public var standardInput: [UInt8]
  /// The environment, added to a small default (`PATH`, `HOME`, `LANG`, `TMPDIR`).
  ///
  /// Nothing comes from the runtime's own.
  public var environment: [String: String]
  /// How long the command may run before it, and everything it started, is killed.
  public var timeout: Duration
  /// The directory of the machine that the command sees as `/workspace`, where it starts.
  public var workspace: String
  /// The memory and processor time the command may use.
  public var limits: ResourceLimits
  /// How many processes and threads the command may have at once.
  public var processLimit: Int
  /// How many bytes the command may print to each of its streams.
  public var outputLimitBytes: Int

  /// Makes a command; what is not given has its default.
  public init(
    id: SandboxID = SandboxID(),
    agentID: AgentID? = nil,
    tier: SecurityTier = .tier1,
    arguments: [String],
    standardInput: [UInt8] = [],
    environment: [String: String] = [:],
    timeout: Duration = .seconds(30),
    workspace: String,
    limits: ResourceLimits = ResourceLimits(),
    processLimit: Int = 128,
    outputLimitBytes: Int = 1_048_576
  ) {
    self.id = id
    self.agentID = agentID
    self.tier = tier
    self.arguments = arguments
    self.standardInput = standardInput
    self.environment = environment
    self.timeout = timeout
    self.workspace = workspace
    self.limits = limits
    self.processLimit = processLimit
    self.outputLimitBytes = outputLimitBytes
  }
}
