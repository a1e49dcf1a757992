package import SymbiontCore

/// The tasks that may be admitted now, and the order in which they are.
///
/// - More urgent tasks go first, but a task gains the next level for each ageing interval that it waited: at equal age
///   the higher priority goes first. So a task is admitted before a ready one of `n` levels more only when it became
///   ready at least `n` intervals earlier, and no task waits for ever.
/// - Within the most urgent level agents take turns, whatever the length of their queues (start-time fair queueing with
///   equal shares); a task that goes first because of its age is charged to its agent.
/// - An agent that has as many admitted tasks as it may is passed over until one ends, and one that is held until it is
///   let go.
///
/// Every operation costs the logarithm of the agent's tasks and of the agents.
package struct ReadyQueue: Sendable {
  /// How the queue decides.
  package struct Rules: Sendable {
    /// How long a task waits to count as one level more urgent, in microseconds.
    package var ageing: Int64
    /// Whether priorities and turns count; without, only time decides.
    package var usesPriorities: Bool
    /// How many admitted tasks an agent may have.
    package var tasksPerAgent: Int

    package init(ageing: Int64, usesPriorities: Bool, tasksPerAgent: Int) {
      self.ageing = ageing
      self.usesPriorities = usesPriorities
      self.tasksPerAgent = tasksPerAgent
    }
  }

  /// The agents with ready tasks of one level that may be admitted.
  fileprivate struct Level: Sendable {
    /// By the task that waited longest.
    var byAge = SlotHeap<ReadyKey>()
    var agePlaces: SlotHeap<ReadyKey>.Places = []
    /// By the service that the agents have had.
    var byTurn = SlotHeap<UInt64>()
    var turnPlaces: SlotHeap<UInt64>.Places = []
  }

  private let rules: Rules
  private var agents: [AgentTurns?] = []
  private var freeAgents: [UInt32] = []
  private var agentSlots: [AgentID: UInt32] = [:]
  private var levels = [Level](repeating: Level(), count: Priority.allCases.count)
  private var taskPlaces: SlotHeap<ReadyKey>.Places = []
  private var admittedTasks = AdmittedTasks()
  private var virtualTime: UInt64 = 0
  private var held: Set<AgentID> = []

  /// How many tasks are ready.
  package private(set) var count = 0

  package init(rules: Rules) {
    self.rules = rules
  }

  /// Adds a task that has become ready.
  package mutating func insert(_ slot: UInt32, agentID: AgentID, priority: Priority, key: ReadyKey) {
    let agent = agentSlot(agentID)
    while taskPlaces.count <= Int(slot) { taskPlaces.append(SlotHeap<ReadyKey>.absent) }
    let level = index(of: priority)
    if agents[Int(agent)]?.isIdle == true { agents[Int(agent)]?.served.raise(to: virtualTime) }
    agents[Int(agent)]?.levels[level].insert(slot, key: key, places: &taskPlaces)
    count += 1
    refresh(agent, level)
  }

  /// Takes a task out of the queue that is in it; it was not admitted.
  package mutating func remove(_ slot: UInt32, agentID: AgentID, priority: Priority) {
    guard let agent = agentSlots[agentID] else { return }
    let level = index(of: priority)
    agents[Int(agent)]?.levels[level].remove(slot, places: &taskPlaces)
    count -= 1
    refresh(agent, level)
    forgetIfIdle(agent)
  }

  /// Takes the task that is to be admitted next; nil when none may be.
  package mutating func admit() -> UInt32? {
    guard let (agent, level) = choice() else { return nil }
    guard let slot = agents[Int(agent)]?.levels[level].removeFirst(places: &taskPlaces) else { return nil }
    count -= 1
    if let served = agents[Int(agent)]?.served {
      virtualTime = max(virtualTime, served)
      agents[Int(agent)]?.served = served + 1
    }
    agents[Int(agent)]?.admit(slot, in: &admittedTasks)
    for level in levels.indices { refresh(agent, level) }
    return slot
  }

  /// An admitted task of the agent has ended.
  package mutating func release(_ slot: UInt32, agentID: AgentID) {
    guard let agent = agentSlots[agentID] else { return }
    agents[Int(agent)]?.release(slot, in: &admittedTasks)
    for level in levels.indices { refresh(agent, level) }
    forgetIfIdle(agent)
  }

  /// Passes an agent over from now on, or no more.
  package mutating func setHeld(_ agentID: AgentID, _ isHeld: Bool) {
    if isHeld { held.insert(agentID) } else { held.remove(agentID) }
    guard let agent = agentSlots[agentID] else { return }
    // It does not make up for the turns that it did not take.
    if !isHeld { agents[Int(agent)]?.served.raise(to: virtualTime) }
    for level in levels.indices { refresh(agent, level) }
  }

  /// Whether an agent is passed over.
  package func isHeld(_ agentID: AgentID) -> Bool { held.contains(agentID) }

  /// How many tasks of an agent were admitted and have not ended.
  package func admitted(of agentID: AgentID) -> Int {
    agentSlots[agentID].flatMap { agents[Int($0)]?.admitted } ?? 0
  }

  /// The tasks of an agent that were admitted and have not ended, in no order; no other tasks are looked at.
  package func admittedTasks(of agentID: AgentID) -> [UInt32] {
    agentSlots[agentID].flatMap { agents[Int($0)]?.slots(in: admittedTasks) } ?? []
  }

  /// How many agents the queue knows; those without tasks are forgotten.
  package var agentCount: Int { agentSlots.count }
}

extension ReadyQueue {
  private func index(of priority: Priority) -> Int {
    rules.usesPriorities ? priority.rawValue - Priority.low.rawValue : 0
  }

  /// The agent whose turn it is, and the level of its task.
  private func choice() -> (agent: UInt32, level: Int)? {
    var oldest: (level: Int, age: ReadyKey)?
    var highest: Int?
    for level in levels.indices.reversed() {
      guard var age = levels[level].byAge.first?.key else { continue }
      highest = highest ?? level
      age.readyAt += Int64(levels.count - 1 - level) * rules.ageing
      if oldest.map({ age.readyAt < $0.age.readyAt }) ?? true { oldest = (level, age) }
    }
    guard let oldest, let highest else { return nil }
    if oldest.level == highest, rules.usesPriorities {
      return levels[highest].byTurn.first.map { ($0.slot, highest) }
    }
    return levels[oldest.level].byAge.first.map { ($0.slot, oldest.level) }
  }

  private mutating func agentSlot(_ agentID: AgentID) -> UInt32 {
    if let known = agentSlots[agentID] { return known }
    var turns = AgentTurns(agentID: agentID)
    turns.served = virtualTime
    let slot: UInt32
    if let free = freeAgents.popLast() {
      slot = free
      agents[Int(slot)] = turns
    } else {
      slot = UInt32(agents.count)
      agents.append(turns)
      for level in levels.indices {
        levels[level].agePlaces.append(SlotHeap<ReadyKey>.absent)
        levels[level].turnPlaces.append(SlotHeap<UInt64>.absent)
      }
    }
    agentSlots[agentID] = slot
    return slot
  }

  private mutating func forgetIfIdle(_ agent: UInt32) {
    guard let turns = agents[Int(agent)], turns.isIdle else { return }
    agentSlots[turns.agentID] = nil
    agents[Int(agent)] = nil
    freeAgents.append(agent)
  }

  /// Brings the place of an agent in a level up to date.
  private mutating func refresh(_ agent: UInt32, _ level: Int) {
    let turns = agents[Int(agent)]
    let isPresent = levels[level].agePlaces[Int(agent)] != SlotHeap<ReadyKey>.absent
    let mayRun =
      turns.map { $0.admitted < rules.tasksPerAgent && (held.isEmpty || !held.contains($0.agentID)) } ?? false
    guard mayRun, let head = turns?.levels[level].first?.key, let served = turns?.served else {
      if isPresent { levels[level].leave(agent) }
      return
    }
    if isPresent {
      levels[level].move(agent, age: head, served: served)
    } else {
      levels[level].enter(agent, age: head, served: served)
    }
  }
}

extension ReadyQueue.Level {
  mutating func enter(_ agent: UInt32, age: ReadyKey, served: UInt64) {
    byAge.insert(agent, key: age, places: &agePlaces)
    byTurn.insert(agent, key: served, places: &turnPlaces)
  }

  mutating func move(_ agent: UInt32, age: ReadyKey, served: UInt64) {
    byAge.update(agent, key: age, places: &agePlaces)
    byTurn.update(agent, key: served, places: &turnPlaces)
  }

  mutating func leave(_ agent: UInt32) {
    byAge.remove(agent, places: &agePlaces)
    byTurn.remove(agent, places: &turnPlaces)
  }
}

extension UInt64 {
  fileprivate mutating func raise(to minimum: UInt64) {
    self = Swift.max(self, minimum)
  }
}
