internal import Logging
public import SymbiontCore
internal import SymbiontLanguage
package import SymbiontStore
internal import Synchronization

/// Creates, starts, stops and removes agents (specification, "Lifecycle Controller").
///
/// Every state and counter is durable before a call returns.
public final class DefaultLifecycleController: LifecycleController {
  let store: Store
  let configuration: LifecycleConfig
  let programs: ProgramCache
  let executions: any ExecutionControl
  let time: any TimeSource
  let logger: Logger
  let startedAt: Timestamp
  let phase: @Sendable () -> RuntimePhase
  let attestation: StartAttestation
  private let schedules = Mutex<AgentSchedules?>(nil)
  private let shutdownRuntime = Mutex<(@Sendable () async -> Void)?>(nil)

  init(
    store: Store, configuration: LifecycleConfig, programs: ProgramCache, executions: any ExecutionControl,
    time: any TimeSource, logger: Logger, attestation: StartAttestation,
    phase: @escaping @Sendable () -> RuntimePhase
  ) {
    self.store = store
    self.configuration = configuration
    self.programs = programs
    self.executions = executions
    self.time = time
    self.logger = logger
    self.attestation = attestation
    self.phase = phase
    startedAt = time.now()
  }

  /// What ``shutdown()`` does: the controller is a part of a runtime and cannot go on alone.
  func onShutdown(_ action: @escaping @Sendable () async -> Void) { shutdownRuntime.withLock { $0 = action } }

  /// What is told when agents with schedules start and end.
  var agentSchedules: AgentSchedules? { schedules.withLock { $0 } }

  /// Has schedules follow the agents from now on.
  func use(_ schedules: AgentSchedules) { self.schedules.withLock { $0 = schedules } }

  /// Shuts the runtime down of which this controller is a part.
  public func shutdown() async throws(LifecycleError) {
    await shutdownRuntime.withLock { $0 }?()
  }

  /// For transactions that start and cancel executions; none of them fails.
  func records() -> ExecutionRecords { ExecutionRecords(now: time.now()) }

  // MARK: Creating

  /// Stores a new agent in the state `Created`.
  ///
  /// Its program is checked when it is initialized.
  @discardableResult
  public func createAgent(_ config: AgentConfig) async throws(LifecycleError) -> AgentInstance {
    try admit()
    do { try config.validate() } catch { throw .configurationInvalid(reason: error.message) }
    let now = time.now()
    let row = try Self.row(config, .created, program: LoadedProgram.hash(Array(config.dslSource.utf8)), at: now)
    let maximum = configuration.maxAgents
    try await store.write(isolated: true, throwing: LifecycleError.self) { store in
      try Self.insert(row, of: config, atMost: maximum, in: store)
    }
    return AgentInstance(id: config.id, config: config, state: .created, createdAt: now, lastUpdated: now)
  }

  /// Removes a `Terminated` agent from the list, with its memory, messages, subscriptions and errors.
  public func removeAgent(_ agentID: AgentID) async throws(LifecycleError) {
    let executions = executions
    let follow = try await store.write(isolated: true, throwing: LifecycleError.self) { store in
      guard let agent = try store.agentStanding(agentID) else { throw LifecycleError.agentNotFound(agentID: agentID) }
      guard agent.state == .terminated else {
        throw LifecycleError.invalidStateTransition(from: agent.state, to: .terminated)
      }
      let follow = try executions.forgetErrors(of: agentID, in: store)
      try store.removeAgent(agentID)
      return follow
    }
    follow()
  }

  // MARK: Reading

  /// The state of an agent; `Waiting` when it runs and everything it does waits for an event.
  public func getAgentState(_ agentID: AgentID) async throws(LifecycleError) -> AgentState {
    try await store.read(throwing: LifecycleError.self) { store in
      guard let agent = try store.agentStanding(agentID) else { throw LifecycleError.agentNotFound(agentID: agentID) }
      guard agent.state == .running, try store.countExecutions(.ready, of: agentID) == 0,
        try store.countExecutions(.waiting, of: agentID) > 0
      else { return agent.state }
      return .waiting
    }
  }

  /// All agents in the order of their creation, the terminated ones included until they are removed.
  public func listAgents() async -> [AgentInstance] {
    do throws(LifecycleError) {
      let (rows, sources, waiting) = try await store.read(throwing: LifecycleError.self) { store in
        let rows = try store.agents()
        var sources: [[UInt8]: String] = [:]
        for row in rows where sources[row.program] == nil {
          sources[row.program] = try Self.source(of: row, in: store)
        }
        return (rows, sources, try store.waitingAgents())
      }
      return try rows.map { (row) throws(LifecycleError) in
        try Self.instance(row, source: sources[row.program] ?? "", isWaiting: waiting.contains(row.id))
      }
    } catch {
      logger.critical("the agents cannot be listed: \(error)", metadata: ["code": "\(error.code)"])
      return []
    }
  }

  /// One agent with its configuration, state and counters.
  public func getAgent(_ agentID: AgentID) async throws(LifecycleError) -> AgentInstance {
    let (row, source) = try await store.read(throwing: LifecycleError.self) { store in
      guard let row = try store.agent(agentID) else { throw LifecycleError.agentNotFound(agentID: agentID) }
      return (row, try Self.source(of: row, in: store))
    }
    let state = try await getAgentState(agentID)
    return try Self.instance(row, source: source, isWaiting: state == .waiting)
  }

  /// How many agents there are in each state, and what the runtime itself does.
  public func getSystemStatus() async -> SystemStatus {
    var counts: [AgentState: Int] = [:]
    for agent in await states() { counts[agent, default: 0] += 1 }
    return SystemStatus(phase: phase(), startedAt: startedAt, takenAt: time.now(), agentCounts: counts)
  }

  private func states() async -> [AgentState] {
    do {
      return try await store.read { store in
        let waiting = try store.waitingAgents()
        return try store.agentStates().map { id, state in
          state == .running && waiting.contains(id) ? .waiting : state
        }
      }
    } catch {
      logger.critical("the agents cannot be counted: \(error)", metadata: ["code": "\(error.code)"])
      return []
    }
  }

  static func source(of row: AgentRow, in store: borrowing StoreTransaction) throws -> String {
    String(decoding: try store.program(hash: row.program)?.source ?? [], as: UTF8.self)
  }

  private static func instance(
    _ row: AgentRow, source: String, isWaiting: Bool
  ) throws(LifecycleError) -> AgentInstance {
    AgentInstance(
      id: row.id, config: try AgentConfiguration.decode(row, source: source),
      state: row.state == .running && isWaiting ? .waiting : row.state, createdAt: row.createdAt,
      lastUpdated: row.updatedAt, executionCount: row.executionCount, errorCount: row.errorCount,
      restartCount: row.restartCount)
  }

  /// The file name that diagnostics show.
  static func sourceName(_ config: AgentConfig) -> String { config.metadata["source_file"] ?? "\(config.name).symbi" }

  func admit() throws(LifecycleError) {
    guard phase() != .draining, phase() != .stopped else { throw .shuttingDown }
  }
}

extension LifecycleError: StoreClientError {
  /// An error of the store that no call of the controller foresees.
  package static func storeFailed(_ error: StoreError) -> LifecycleError { .storeFailed(reason: "\(error)") }
}
