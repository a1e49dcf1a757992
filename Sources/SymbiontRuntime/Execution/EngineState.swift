internal import DequeModule
internal import SymbiontCore

/// Which executions run, wait in memory or queue: the engine's book-keeping without its effects.
struct EngineState: Sendable {
  /// Something to run: the execution, how to stop it, and its session when it is still in memory.
  struct Activation: Sendable {
    let id: ExecutionID
    let control: ActivationControl
    let session: ExecutionSession?
  }

  enum Phase: Sendable {
    case running, draining
  }

  var phase = Phase.running
  /// Suspended agents, whose executions do not go on from memory.
  var held: Set<AgentID> = []
  private let maximumActive: Int
  private var queue: Deque<ExecutionID> = []
  private var queued: Set<ExecutionID> = []
  private var active: [ExecutionID: ActivationControl] = [:]
  /// Woken while they were active: they run once more.
  private var wokenAgain: Set<ExecutionID> = []
  /// Who wants to know when executions have stopped.
  private var observers: [(executions: Set<ExecutionID>, action: @Sendable () -> Void)] = []
  private var residents: ResidentSessions<ExecutionSession>

  init(maximumActive: Int, maximumResident: Int) {
    self.maximumActive = maximumActive
    residents = ResidentSessions(maximum: maximumResident)
  }

  var isIdle: Bool { active.isEmpty && queue.isEmpty }
  var activeCount: Int { active.count }
  var residentCount: Int { residents.count }

  /// Lets an execution run as soon as there is room.
  mutating func enqueue(_ id: ExecutionID) {
    guard phase == .running else { return }
    if active[id] != nil {
      wokenAgain.insert(id)
    } else if queued.insert(id).inserted {
      queue.append(id)
    }
  }

  /// The next execution to run, when there is one and room for it.
  mutating func next() -> Activation? {
    guard phase == .running, active.count < maximumActive, let id = queue.popFirst() else { return nil }
    queued.remove(id)
    let control = ActivationControl()
    active[id] = control
    return Activation(id: id, control: control, session: residents.take(id))
  }

  /// Ends an activation and gives what is to be called now.
  ///
  /// A session that waits stays in memory while there is room.
  mutating func end(_ id: ExecutionID, keeping session: ExecutionSession?) -> [@Sendable () -> Void] {
    active[id] = nil
    var calls: [@Sendable () -> Void] = []
    for index in observers.indices.reversed() {
      observers[index].executions.remove(id)
      if observers[index].executions.isEmpty { calls.append(observers.remove(at: index).action) }
    }
    if let session { residents.keep(session, of: id) }
    if wokenAgain.remove(id) != nil { enqueue(id) }
    return calls
  }

  /// True when none of the executions runs; else the action is called when the last of them has ended.
  mutating func whenInactive(_ ids: Set<ExecutionID>, _ action: @escaping @Sendable () -> Void) -> Bool {
    let running = ids.filter { active[$0] != nil }
    if !running.isEmpty { observers.append((running, action)) }
    return running.isEmpty
  }

  func control(of id: ExecutionID) -> ActivationControl? { active[id] }

  /// Drops an execution's session from memory and from the queue, and hands out its control when it is running.
  mutating func forget(_ id: ExecutionID) -> ActivationControl? {
    _ = residents.take(id)
    wokenAgain.remove(id)
    return active[id]
  }

  /// The controls of all running executions.
  var controls: [ActivationControl] { Array(active.values) }

  /// Takes every machine of a waiting execution out of memory; each comes back on its event.
  mutating func hibernateAll() { residents.removeAll() }

  /// Takes those of some agents out of memory.
  mutating func hibernate(_ agents: Set<AgentID>) { residents.removeAll { agents.contains($0.agentID) } }
}
