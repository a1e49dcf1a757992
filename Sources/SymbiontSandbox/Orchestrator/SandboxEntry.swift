import SymbiontCore
import Synchronization

/// One sandbox of an orchestrator: what it is made of, where it is in its life, and what runs.
final class SandboxEntry: Sendable {
  /// What there is while it is started.
  struct Running: Sendable {
    var launched: any LaunchedSandbox
    var connection: GuestConnection
    /// Waits for its end.
    var watcher: Task<Void, Never>?
  }

  /// What changes.
  struct State: Sendable {
    var machine = SandboxMachine()
    var agentID: AgentID?
    var limits: SandboxLimits
    /// What its limits became while it was being started; they are put in place when it runs.
    var changedResources: ResourceLimits?
    var running: Running?
    var attestation: Attestation?
    /// Whether its volume exists and is mounted.
    var isMounted = false
    var hasVolume = false
    /// Whether its workspace is attached to it when it is claimed, because it was started before.
    var attachesLate = false

    mutating func takeChangedResources() -> ResourceLimits? {
      defer { changedResources = nil }
      return changedResources
    }
  }

  let id: SandboxID
  let config: SandboxConfig
  let options: SandboxOptions
  let choice: EngineChoice
  let createdAt: Timestamp
  /// Whether there is a row of it in the store.
  let isRecorded: Bool
  /// Where its files come from; nil to begin with none.
  let origin: SnapshotOrigin?
  let log = SandboxLog()
  let state: Mutex<State>

  init(
    id: SandboxID, config: SandboxConfig, options: SandboxOptions, choice: EngineChoice, isRecorded: Bool,
    agentID: AgentID?, origin: SnapshotOrigin? = nil
  ) {
    self.id = id
    self.config = config
    self.options = options
    self.choice = choice
    self.isRecorded = isRecorded
    self.origin = origin
    createdAt = .now()
    let limits = SandboxLimits(
      resources: config.resourceLimits, processes: options.processes,
      workspaceMegabytes: config.filesystemConfig.workspaceMegabytes,
      temporaryMegabytes: config.filesystemConfig.temporaryMegabytes)
    state = Mutex(State(agentID: agentID, limits: limits))
  }

  var tier: SecurityTier { choice.engine.tier }
  var status: SandboxStatus { state.withLock { $0.machine.status } }

  /// Begins an operation, or throws the state that does not allow it.
  func begin(_ operation: SandboxMachine.Operation) throws(SandboxError) {
    let refusal = state.withLock { state -> SandboxMachine.Refusal? in
      do throws(SandboxMachine.Refusal) {
        try state.machine.begin(operation)
        return nil
      } catch { return error }
    }
    if let refusal { throw .invalidState(sandboxID: id, status: refusal.status) }
  }

  /// The connection of a running sandbox, for an operation that does not change it.
  func connection(for operation: SandboxMachine.Operation) throws(SandboxError) -> GuestConnection {
    try begin(operation)
    guard let connection = state.withLock({ $0.running?.connection }) else {
      throw .invalidState(sandboxID: id, status: status)
    }
    return connection
  }

  var description: SandboxDescription {
    state.withLock { state in
      let unenforced = choice.unenforced.compactMap(\.limitName) + (state.attestation?.broken.map(\.limit) ?? [])
      return SandboxDescription(
        id: id, agentID: state.agentID, engine: choice.engine, status: state.machine.status, image: options.image,
        createdAt: createdAt, unenforcedLimits: Set(unenforced).sorted(),
        attestation: state.attestation)
    }
  }
}

/// A snapshot that a sandbox begins with.
struct SnapshotOrigin: Sendable, Hashable {
  /// The file with its files.
  var volume: String?
  /// The directory with its memory.
  var memory: String?
}
