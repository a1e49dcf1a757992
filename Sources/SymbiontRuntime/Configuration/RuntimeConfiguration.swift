public import Logging
public import SymbiontCore
public import SymbiontMessaging
package import SymbiontRecovery
public import SymbiontSandbox
public import SymbiontScheduling
public import SymbiontStore

/// Everything that decides how a runtime behaves.
public struct RuntimeConfiguration: Sendable {
  /// Where durable state lives.
  public var store: StoreConfiguration
  /// Where agents keep their files.
  ///
  /// Files of a runtime in memory go to a temporary directory.
  public var workspaceRoot: String
  /// The lifecycle of agents.
  public var lifecycle = LifecycleConfig()
  /// The limits of executions.
  public var limits = ExecutionLimits()
  /// Executions that run at the same time; more wait for their turn.
  public var maximumActiveExecutions = 256
  /// Waiting executions whose machines stay in memory; the longest waiting are hibernated beyond that.
  public var maximumResidentExecutions = 10_000
  /// How long a shutdown lets effects finish before it ends them.
  public var drainTimeout: Duration = .seconds(5)
  /// Decides about every effect.
  public var authorizer: any EffectAuthorizer = PolicyBlockAuthorizer()
  /// How the runtime makes sandboxes for commands.
  ///
  /// Without this and ``sandbox`` it refuses commands with `SandboxUnavailable`.
  public var orchestrator: SandboxOrchestratorConfiguration?
  /// Runs commands in place of an orchestrator.
  public var sandbox: (any CommandSandbox)?
  /// Whether agents are started, and their commands run, although the machine cannot enforce some of their limits.
  ///
  /// It weakens what confines agents, so it is logged for each sandbox.
  public var allowsUnenforcedLimits = false
  /// The size of each agent's workspace in megabytes, 16 and more; nil for workspaces whose size is not limited.
  ///
  /// Each is a file system of its own then, mounted at the agent's directory while a runtime runs, and kept below
  /// `sandboxes/agents` of the data directory. An agent that has such a workspace keeps it. It needs the rights of the
  /// administrator; without them agents that use files or commands are refused with `SANDBOX_LIMIT_UNENFORCEABLE`.
  public var workspaceMegabytes: Int?
  /// What all agents share: by default all that the machine has.
  public var resources = Self.wholeMachine
  /// The messages of agents.
  public var communication = CommunicationConfig()
  /// Where the key comes from that wraps the keys of agents; nil for one that is forgotten with the runtime.
  ///
  /// Without the key that a store began with, messages are refused.
  public var masterKey: MasterKeySource?
  /// The tasks of agents.
  public var scheduling = SchedulerConfig()
  /// What the scheduler needs to know beyond that.
  public var schedulerOptions = SchedulerOptions()
  /// What is done about the errors of agents.
  public var errorHandling = ErrorHandlerConfig()
  /// The time.
  public var time: any TimeSource = SystemTime()
  /// Where `log` goes, and what the runtime itself has to say.
  public var logger = Logger(label: "symbiont.runtime")
  /// Is told what happens, soon after it happened; it must return quickly.
  public var observer: (@Sendable (ExecutionEvent) -> Void)?
  /// Is told of each recovery of an agent that came to its end, as when a person has to look at a suspended one; it must
  /// return quickly.
  ///
  /// The retries of a single effect are not among them.
  public var recoveryObserver: (@Sendable (RecoveryEvent) -> Void)?
  /// The time by which schedules and tasks come due; nil for the machine's.
  package var schedulerClock: (any SchedulerClock)?
  /// The time by which errors are counted and recoveries wait.
  package var recoveryEnvironment = RecoveryEnvironment.machine()
  /// The time by which messages expire and come again.
  package var messagingClock: any MessagingClock = SystemMessagingClock()
  /// Is called around every outside effect; the crash sweep ends the process there.
  package var performObserver: (any PerformObserver)?

  /// A runtime on disk, with sandboxes on all tiers that the machine has.
  public init(dataDirectory: String, logger: Logger = Logger(label: "symbiont.runtime")) {
    store = StoreConfiguration(durability: .disk(directory: dataDirectory))
    workspaceRoot = "\(dataDirectory)/workspaces"
    masterKey = .file("\(dataDirectory)/master.key")
    self.logger = logger
    orchestrator = SandboxOrchestratorConfiguration(
      instance: Self.instance(of: dataDirectory), dataDirectory: "\(dataDirectory)/sandboxes")
  }

  /// A runtime in memory, for tests and throw-away runs; without a sandbox.
  public init(inMemoryWithWorkspaces workspaceRoot: String) {
    store = StoreConfiguration(durability: .memory)
    self.workspaceRoot = workspaceRoot
  }

  /// The sizes that workspaces can have, in megabytes: a file system with a journal needs some room for itself.
  package static let workspaceBounds = 16...FilesystemConfig.Bounds.workspaceMegabytes.upperBound

  /// Everything that the machine has, as far as the kernel tells; nothing is kept back, so that an agent with the usual
  /// limits fits on a machine with one core.
  ///
  /// How fast the network is the kernel does not tell, so no sum of rates is too much.
  private static let wholeMachine = ResourceManagerConfig(
    totalMemoryBytes: ResourceManagerConfig.Bounds.memoryBytes.upperBound,
    totalCPUCores: ResourceManagerConfig.Bounds.cpuCores.upperBound,
    totalDiskBytes: ResourceManagerConfig.Bounds.diskBytes.upperBound,
    totalNetworkBytesPerSecond: ResourceManagerConfig.Bounds.networkBytesPerSecond.upperBound,
    resourceReservationPercentage: 0)

  /// A short name for a data directory, the same at every start: sandboxes carry it, so that what a dead runtime left is
  /// known.
  package static func instance(of directory: String) -> String {
    LoadedProgram.hash(Array(directory.utf8)).prefix(8).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }
}

/// Sees the moments just before and after an outside effect is performed.
package protocol PerformObserver: Sendable {
  func beforePerform(_ effect: EffectID)
  func afterPerform(_ effect: EffectID)
}
