package import Logging
public import SymbiontCore
package import SymbiontStore
import Synchronization

/// Makes sandboxes with the engines of this machine, and keeps account of them.
///
/// Of each sandbox there is a row in the store before anything of it exists; when a runtime dies, the next one on the same
/// data removes what it left by ``reapAll()``. There must be one orchestrator of an instance at a time, which the owner
/// of the data directory sees to.
public final class DefaultSandboxOrchestrator: SandboxOrchestrator {
  /// How sandboxes are made.
  public let configuration: SandboxOrchestratorConfiguration
  let store: Store
  let drivers: [SandboxEngine: any SandboxDriver]
  let networks: (any SandboxNetworking)?
  let images: (any SandboxImages)?
  let attestor: any SandboxAttesting
  let volumes: SandboxVolumes
  let logger: Logger
  let registry = Mutex(SandboxRegistry())
  let reports = Mutex<[SandboxEngine: EngineReport]>([:])
  let pool = Mutex(SandboxPoolState())
  /// What the networks of sandboxes that ended have passed, by agent.
  let passedBytes = Mutex<[AgentID: Int]>([:])
  /// What runs for the pools.
  let backgroundWork = Mutex<[SandboxID: Task<Void, Never>]>([:])

  /// Makes an orchestrator of its parts; nothing is looked for or written before it is used.
  package init(
    _ configuration: SandboxOrchestratorConfiguration, store: Store, drivers: [any SandboxDriver],
    networks: (any SandboxNetworking)? = nil, images: (any SandboxImages)? = nil,
    attestor: (any SandboxAttesting)? = nil, logger: Logger = Logger(label: "symbiont.sandbox")
  ) {
    self.configuration = configuration
    self.store = store
    self.drivers = Dictionary(drivers.map { ($0.engine, $0) }) { first, _ in first }
    self.networks = networks
    self.images = images
    self.attestor = attestor ?? LimitAttestor()
    self.logger = logger
    volumes = configuration.volumes
  }

  /// The sandbox of an id.
  func entry(_ sandboxID: SandboxID) throws(SandboxError) -> SandboxEntry {
    let (entry, wasDestroyed) = registry.withLock { ($0.entries[sandboxID], $0.wasDestroyed(sandboxID)) }
    if let entry { return entry }
    if wasDestroyed { throw .invalidState(sandboxID: sandboxID, status: .destroyed) }
    throw .sandboxNotFound(sandboxID: sandboxID)
  }

  /// Where the sandbox is in its life.
  public func getSandboxStatus(_ sandboxID: SandboxID) async throws(SandboxError) -> SandboxStatus {
    do throws(SandboxError) { return try entry(sandboxID).status } catch {
      guard case .invalidState(_, .destroyed) = error else { throw error }
      return .destroyed
    }
  }

  /// Everything that is known of the sandboxes, the oldest first.
  public func list() -> [SandboxDescription] {
    registry.withLock { Array($0.entries.values) }.sorted { $0.id < $1.id }.map(\.description)
  }

  /// Everything that is known of one sandbox.
  public func describe(_ sandboxID: SandboxID) throws(SandboxError) -> SandboxDescription {
    try entry(sandboxID).description
  }

  /// The last lines of a sandbox's log, and how many older ones were dropped.
  public func logs(_ sandboxID: SandboxID) throws(SandboxError) -> (lines: [SandboxLogLine], dropped: Int) {
    let log = try entry(sandboxID).log
    return (log.lines, log.dropped)
  }

  /// Runs steps that undo something, where the cancellation of the caller does not reach.
  static func shielded<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
    await Task { await body() }.value
  }

  func log(_ entry: SandboxEntry, _ text: String, level: Logger.Level = .debug) {
    entry.log.add(.orchestrator, text)
    logger.log(
      level: level, "\(text)", metadata: ["sandbox": "\(entry.id)", "engine": "\(entry.choice.engine.rawValue)"])
  }
}
