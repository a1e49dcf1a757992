import SymbiontCore
import SymbiontStore
import SymbiontTesting
import Synchronization
import Testing

@testable import SymbiontResources

/// A machine whose time, counters and sandboxes a test decides about.
final class FakeMachine: ResourceEnforcer, Sendable {
  struct State: Sendable {
    var active: Set<AgentID> = []
    var counters: [String: ControlGroupCounters] = [:]
    var spaces: [String: FileSpace] = [:]
    var network: [AgentID: Int] = [:]
    var applied: [(agentID: AgentID, limits: ResourceLimits)] = []
    var failure: ResourceError?
    var enforceable = Set(ControlGroupLimit.allCases)
    var listeners: [String: @Sendable () -> Void] = [:]
  }

  static let totals = MachineTotals(memoryBytes: 1_000 << 20, microcores: 4_000_000, diskBytes: 1 << 40)
  let clock = ManualClock(beginning: Timestamp(microsecondsSinceEpoch: 1_800_000_000_000_000))
  let state = Mutex(State())

  /// The group of an agent.
  static func group(_ agentID: AgentID) -> String { "/symbiont/\(agentID)" }

  var environment: ResourceEnvironment {
    ResourceEnvironment(
      now: { self.clock.timestamp }, elapsed: { self.clock.now.offset },
      sleep: { try await self.clock.sleep(for: $0) }, totals: { Self.totals },
      enforceable: { () throws(ControlGroupError) in self.state.withLock(\.enforceable) },
      counters: { path in self.state.withLock { $0.counters[path] } },
      space: { path in self.state.withLock { $0.spaces[path] } },
      listen: { path, handler in
        self.state.withLock { $0.listeners[path] = handler }
        return path
      })
  }

  static func configuration() -> ResourceManagerConfig {
    ResourceManagerConfig(
      totalMemoryBytes: 1_000 << 20, totalCPUCores: 4, totalDiskBytes: 1 << 40, totalNetworkBytesPerSecond: 100 << 20,
      resourceReservationPercentage: 0, monitoringInterval: .seconds(5))
  }

  /// A manager on a store in memory, with this machine.
  func manager(
    _ configuration: ResourceManagerConfig = configuration(), store: Store? = nil
  ) async throws -> DefaultResourceManager {
    let store = try store ?? Store.open(StoreConfiguration(durability: .memory))
    let manager = try await DefaultResourceManager.open(configuration, store: store, environment: environment)
    manager.enforcer = self
    return manager
  }

  /// Sets the counters of an agent for which something runs.
  func run(_ agentID: AgentID, _ change: @Sendable (inout ControlGroupCounters) -> Void = { _ in }) {
    state.withLock { state in
      state.active.insert(agentID)
      change(&state.counters[Self.group(agentID), default: ControlGroupCounters()])
    }
  }

  /// Announces something about an agent's group; false when nobody listens.
  func announce(_ agentID: AgentID) -> Bool {
    guard let listener = state.withLock({ $0.listeners[Self.group(agentID)] }) else { return false }
    listener()
    return true
  }

  func apply(_ limits: ResourceLimits, to agentID: AgentID) async throws(ResourceError) {
    try state.withLock { state throws(ResourceError) in
      if let failure = state.failure { throw failure }
      state.applied.append((agentID, limits))
    }
  }

  func activeAgents() async -> Set<AgentID> { state.withLock(\.active) }
  func groups(of agentID: AgentID) async -> [String] { [Self.group(agentID)] }
  func workspaces(of agentID: AgentID) async -> [String] { ["/workspaces/\(agentID)"] }
  func networkBytes(of agentID: AgentID) async -> Int? { state.withLock { $0.network[agentID] } }
}
