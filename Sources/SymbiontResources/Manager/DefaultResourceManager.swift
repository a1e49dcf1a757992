public import Logging
public import SymbiontCore
public import SymbiontStore
import Synchronization

/// Gives agents their share of the machine, and watches that they keep to it (specification, "Resource Manager").
///
/// Every promise is durable before a call returns, and is there again when the store is opened by another runtime. Usage
/// is measured while ``run()`` runs.
public final class DefaultResourceManager: ResourceManager {
  let configuration: ResourceManagerConfig
  let store: Store
  let environment: ResourceEnvironment
  let logger: Logger
  let diskBytes: Int
  let state: Mutex<ResourceState>
  /// Changes of an agent's allocation.
  let turns = AgentTurns()
  /// Measurements of an agent.
  let measurements = AgentTurns()
  let broadcast = EventBroadcast()
  let sampling = Mutex(SamplingState())
  /// Those who wait for resources; locked before the state when both are needed.
  let tickets = Mutex<[AdmissionQueue.Number: AdmissionTicket]>([:])
  private let enforcerBox = Mutex<(any ResourceEnforcer)?>(nil)

  /// Opens the manager on a store, with what a former runtime promised.
  ///
  /// - Parameter dataDirectory: A directory on the file system that agents use.
  /// - Throws: ``ResourceError/limitsInvalid(reason:)`` for a configuration that is out of bounds or asks for scaling by
  ///   itself, which there is none of; ``ResourceError/limitUnenforceable(limit:reason:)`` when the kernel cannot enforce
  ///   limits and the configuration asks for it; ``ResourceError/monitoringFailed(reason:)`` when the machine does not
  ///   tell what it has; ``ResourceError/storeFailed(reason:)``.
  public static func open(
    _ configuration: ResourceManagerConfig, store: Store, dataDirectory: String = "/",
    logger: Logger = Logger(label: "symbiont.resources")
  ) async throws(ResourceError) -> DefaultResourceManager {
    try await open(
      configuration, store: store, environment: .machine(diskPath: dataDirectory), logger: logger)
  }

  /// Opens the manager with its own view of the machine.
  ///
  /// - Parameter checksEnforcement: Whether the kernel is asked for what it can enforce. Who has each sandbox attested
  ///   before its start needs no such answer, and may run where none is ever started.
  package static func open(
    _ configuration: ResourceManagerConfig, store: Store, environment: ResourceEnvironment,
    checksEnforcement: Bool = true, logger: Logger = Logger(label: "symbiont.resources")
  ) async throws(ResourceError) -> DefaultResourceManager {
    do { try configuration.validate() } catch { throw .limitsInvalid(reason: error.message) }
    guard !configuration.isAutoScalingEnabled else {
      throw .limitsInvalid(
        reason: "`auto_scaling_enabled` is not supported, limits change only when they are updated; set it to false")
    }
    if checksEnforcement { try await checkEnforcement(configuration, environment, logger) }
    guard let totals = await CgroupWait.perform({ environment.totals() }) else {
      throw .monitoringFailed(reason: "the kernel does not tell what this machine has; is `/proc` mounted?")
    }
    var state = ResourceState(ledger: ResourceLedger(capacity: totals.capacity(within: configuration)))
    for row in try await store.read(throwing: ResourceError.self, { try $0.allocations() }) {
      guard state.ledger.restore(ResourceAmount(row.limits), of: row.agentID) else {
        throw .storeFailed(reason: "the allocation of agent `\(row.agentID)` is beyond any machine")
      }
      state.allocations[row.agentID] = .init(limits: row.limits, allocatedAt: row.allocatedAt)
    }
    return DefaultResourceManager(
      configuration, store: store, environment: environment, logger: logger,
      diskBytes: min(totals.diskBytes, configuration.totalDiskBytes), state: state)
  }

  private init(
    _ configuration: ResourceManagerConfig, store: Store, environment: ResourceEnvironment, logger: Logger,
    diskBytes: Int, state: consuming sending ResourceState
  ) {
    self.configuration = configuration
    self.store = store
    self.environment = environment
    self.logger = logger
    self.diskBytes = diskBytes
    self.state = Mutex(state)
  }

  /// Sandboxes cannot be limited without these.
  private static let required: [ControlGroupLimit] = [.memory, .processor, .processes]

  private static func checkEnforcement(
    _ configuration: ResourceManagerConfig, _ environment: ResourceEnvironment, _ logger: Logger
  ) async throws(ResourceError) {
    guard configuration.isEnforcementEnabled else {
      logger.warning("limits are counted but not enforced, because `enforcement_enabled` is off")
      return
    }
    let result = await CgroupWait.perform { () -> Result<Set<ControlGroupLimit>, ControlGroupError> in
      do throws(ControlGroupError) { return .success(try environment.enforceable()) } catch { return .failure(error) }
    }
    let enforceable: Set<ControlGroupLimit>
    do { enforceable = try result.get() } catch {
      throw .limitUnenforceable(limit: "memory", reason: "\(error)")
    }
    if let missing = required.first(where: { !enforceable.contains($0) }) {
      throw .limitUnenforceable(
        limit: missing.rawValue,
        reason: "the kernel has no controller for \(missing) of control groups that are mounted here")
    }
  }

  /// Who keeps running sandboxes to their limits; without one, limits hold for what is started later.
  public var enforcer: (any ResourceEnforcer)? {
    get { enforcerBox.withLock { $0 } }
    set { enforcerBox.withLock { $0 = newValue } }
  }

  /// Everything that is noticed from now on.
  ///
  /// A reader that is slow loses the oldest.
  public func events() -> AsyncStream<ResourceEvent> { broadcast.stream() }

  /// Stops watching, and takes no more requests but for giving back; allocations stay as they are until then.
  ///
  /// Doing it again changes nothing.
  public func shutdown() async throws(ResourceError) {
    state.withLock { $0.isShutDown = true }
    sampling.withLock { $0.wakes }?.finish()
    broadcast.finish()
  }
}

extension ResourceError: StoreClientError {
  /// An error of the store that no call of the manager foresees.
  package static func storeFailed(_ error: StoreError) -> ResourceError { .storeFailed(reason: "\(error)") }
}
