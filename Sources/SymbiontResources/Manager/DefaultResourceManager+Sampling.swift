import Logging
package import SymbiontCore
import Synchronization

/// What the measuring loop holds.
struct SamplingState: Sendable {
  /// What the loop is woken by.
  enum Wake: Sendable {
    /// The monitoring interval has passed.
    case interval
    /// The kernel announced something about an agent.
    case announcement(AgentID)
  }

  /// Wakes the loop; nil while it does not run.
  var wakes: AsyncStream<Wake>.Continuation?
  /// What keeps the kernel's announcements coming, by agent and path of the group.
  private(set) var listeners: [AgentID: [String: any Sendable]] = [:]

  /// The groups of an agent that nobody listens to yet; listeners of others go.
  mutating func unheard(_ groups: [String], of agentID: AgentID) -> [String] {
    let kept = listeners[agentID, default: [:]].filter { groups.contains($0.key) }
    listeners[agentID] = kept.isEmpty ? nil : kept
    return groups.filter { kept[$0] == nil }
  }

  mutating func add(_ listener: any Sendable, to group: String, of agentID: AgentID) {
    listeners[agentID, default: [:]][group] = listener
  }

  mutating func keep(_ agentIDs: Set<AgentID>) {
    listeners = listeners.filter { agentIDs.contains($0.key) }
  }

  mutating func remove(_ agentID: AgentID) {
    listeners[agentID] = nil
  }
}

extension DefaultResourceManager {
  /// Wakes that may wait; beyond that the oldest go, and the next interval makes up for them.
  private static let bufferedWakes = 1_024

  /// Measures agents for which something runs, at each interval and when the kernel announces something, until
  /// ``shutdown()`` or the cancellation of the task.
  ///
  /// It runs once at a time: a second call returns at once.
  public func run() async {
    let (wakes, continuation) = AsyncStream.makeStream(
      of: SamplingState.Wake.self, bufferingPolicy: .bufferingNewest(Self.bufferedWakes))
    let mayRun = sampling.withLock { sampling in
      guard sampling.wakes == nil else { return false }
      sampling.wakes = continuation
      return true
    }
    guard mayRun, !state.withLock(\.isShutDown) else { return }
    let environment = environment
    let interval = configuration.monitoringInterval
    await withTaskCancellationHandler {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          while (try? await environment.sleep(interval)) != nil { continuation.yield(.interval) }
        }
        for await wake in wakes {
          switch wake {
          case .interval: await measureAll()
          case .announcement(let agentID): await measure(agentID)
          }
        }
        group.cancelAll()
      }
    } onCancel: {
      continuation.finish()
    }
    sampling.withLock { $0 = SamplingState() }
  }

  /// Measures every agent for which something runs.
  func measureAll() async {
    guard let enforcer else { return }
    let agentIDs = await enforcer.activeAgents()
    sampling.withLock { $0.keep(agentIDs) }
    for agentID in agentIDs.sorted() { await measure(agentID) }
  }

  /// Measures one agent, and listens to its groups from now on.
  ///
  /// What runs for an agent may tell of its start with this, so that nothing of its first interval is missed.
  package func measure(_ agentID: AgentID) async {
    guard let enforcer, state.withLock({ $0.allocations[agentID] != nil }) else { return }
    await measurements.run(agentID) {
      let groups = await enforcer.groups(of: agentID)
      let workspaces = await enforcer.workspaces(of: agentID)
      let networkBytes = await enforcer.networkBytes(of: agentID)
      let environment = environment
      let wakes = sampling.withLock { $0.wakes }
      let unheard = wakes == nil ? [] : sampling.withLock { $0.unheard(groups, of: agentID) }
      let (reading, listeners) = await CgroupWait.perform {
        let listeners = unheard.compactMap { group -> (String, any Sendable)? in
          environment.listen(group) { wakes?.yield(.announcement(agentID)) }.map { (group, $0) }
        }
        let counters = groups.compactMap { group in environment.counters(group).map { (group, $0) } }
        let spaces = workspaces.compactMap { path in environment.space(path).map { (path, $0) } }
        let reading = UsageReading(
          groups: Dictionary(counters) { first, _ in first }, workspaces: Dictionary(spaces) { first, _ in first },
          networkBytes: networkBytes)
        return (reading, listeners)
      }
      sampling.withLock { sampling in
        for (group, listener) in listeners { sampling.add(listener, to: group, of: agentID) }
      }
      let moment = AgentMonitor.Moment(now: environment.now(), elapsed: environment.elapsed())
      announce(state.withLock { $0.observe(reading, of: agentID, at: moment) })
    }
  }

  /// Tells everyone who listens, and the log.
  func announce(_ events: [ResourceEvent]) {
    for event in events {
      switch event {
      case .violated(let violation):
        let verb = violation.resource == .cpu ? "held back" : "stopped"
        logger.warning(
          "agent `\(violation.agentID)` was \(verb) at its limit of \(violation.resource.rawValue)",
          metadata: [
            "limit": "\(violation.limit)", "observed": "\(violation.observed)",
            "evidence": "\(violation.evidence.map { "\($0.counter) \($0.before) → \($0.after)" } ?? "measured")",
          ])
      case .alertRaised(let violation):
        logger.notice(
          "agent `\(violation.agentID)` is above its threshold of \(violation.resource.rawValue)",
          metadata: ["threshold": "\(violation.limit)", "observed": "\(violation.observed)"])
      case .alertCleared(let agentID, let resource):
        logger.info("agent `\(agentID)` is below its threshold of \(resource.rawValue) again")
      }
    }
    broadcast.send(events)
  }
}
