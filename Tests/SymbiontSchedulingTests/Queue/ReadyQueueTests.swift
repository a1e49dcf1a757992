import SymbiontCore
import SymbiontScheduling
import SymbiontTesting
import Testing

@Suite("The queue of ready tasks")
struct ReadyQueueTests {
  private static let ageing: Int64 = 100

  private struct Waiting {
    var agent: AgentID
    var priority: Priority
    var key: ReadyKey
  }

  private static func agents(_ count: Int) -> [AgentID] {
    (0..<count).map { AgentID(value: UniqueValue(high: 1, low: UInt64($0))) }
  }

  @Test("admits a task before a more urgent one only when it waited an ageing interval longer for each level")
  func ageingBound() {
    for index in 0..<200 {
      let seed = SeededRandom.forTest().branch(index)
      var random = seed
      let agents = Self.agents(Int.random(in: 1...5, using: &random))
      let limit = Int.random(in: 1...3, using: &random)
      var queue = ReadyQueue(rules: .init(ageing: Self.ageing, usesPriorities: true, tasksPerAgent: limit))
      var waiting: [UInt32: Waiting] = [:]
      var admitted: [AgentID: Set<UInt32>] = [:]
      var now: Int64 = 0
      for step in 0..<300 {
        now += Int64.random(in: 0...30, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
          let task = Waiting(
            agent: agents.randomElement(using: &random) ?? agents[0],
            priority: Priority.allCases.randomElement(using: &random) ?? .low,
            key: ReadyKey(readyAt: now, sequence: Int64(step)))
          waiting[UInt32(step)] = task
          queue.insert(UInt32(step), agentID: task.agent, priority: task.priority, key: task.key)
        case 5:
          guard let slot = waiting.keys.sorted().randomElement(using: &random), let task = waiting[slot] else {
            continue
          }
          queue.remove(slot, agentID: task.agent, priority: task.priority)
          waiting[slot] = nil
        case 6..<8:
          let eligible = waiting.filter { admitted[$0.value.agent, default: []].count < limit }
          guard let slot = queue.admit(), let task = waiting.removeValue(forKey: slot) else {
            #expect(eligible.isEmpty, "\(seed)")
            continue
          }
          #expect(eligible[slot] != nil, "\(seed)")
          for other in eligible.values where other.priority > task.priority {
            let levels = Int64(other.priority.rawValue - task.priority.rawValue)
            #expect(task.key.readyAt + levels * Self.ageing <= other.key.readyAt, "\(seed)")
          }
          admitted[task.agent, default: []].insert(slot)
        default:
          guard let agent = admitted.filter({ !$0.value.isEmpty }).keys.sorted().randomElement(using: &random),
            let slot = admitted[agent]?.sorted().randomElement(using: &random)
          else { continue }
          queue.release(slot, agentID: agent)
          admitted[agent]?.remove(slot)
        }
        #expect(queue.count == waiting.count, "\(seed)")
      }
    }
  }

  @Test("knows which tasks of each agent it admitted that have not ended")
  func admitted() {
    for index in 0..<50 {
      let seed = SeededRandom.forTest().branch(index)
      var random = seed
      let agents = Self.agents(3)
      var queue = ReadyQueue(rules: .init(ageing: Self.ageing, usesPriorities: true, tasksPerAgent: 20))
      var owners: [UInt32: AgentID] = [:]
      var admitted: [AgentID: Set<UInt32>] = [:]
      for step in 0..<300 {
        if Bool.random(using: &random) {
          let agent = agents.randomElement(using: &random) ?? agents[0]
          // Slots are used again as soon as their tasks have ended.
          guard let slot = (0..<UInt32(60)).first(where: { owners[$0] == nil }) else { continue }
          owners[slot] = agent
          queue.insert(slot, agentID: agent, priority: .normal, key: ReadyKey(readyAt: 0, sequence: Int64(step)))
          guard let next = queue.admit(), let owner = owners[next] else { continue }
          admitted[owner, default: []].insert(next)
        } else if let slot = admitted.values.joined().sorted().randomElement(using: &random) {
          guard let owner = owners.removeValue(forKey: slot) else { continue }
          queue.release(slot, agentID: owner)
          admitted[owner]?.remove(slot)
        }
        for agent in agents {
          let slots = queue.admittedTasks(of: agent)
          #expect(slots.count == queue.admitted(of: agent), "\(seed)")
          #expect(Set(slots) == admitted[agent, default: []], "\(seed)")
        }
      }
    }
  }

  @Test("starves no task, however many urgent ones keep coming")
  func noStarvation() {
    let agents = Self.agents(2)
    var queue = ReadyQueue(rules: .init(ageing: Self.ageing, usesPriorities: true, tasksPerAgent: 10))
    queue.insert(0, agentID: agents[0], priority: .low, key: ReadyKey(readyAt: 0, sequence: 0))
    var admittedAt: Int64?
    // Each tick brings a critical task and has room for one: without ageing the low one never begins.
    for tick in 0..<Int64(2_000) where admittedAt == nil {
      let slot = UInt32(tick + 1)
      queue.insert(slot, agentID: agents[1], priority: .critical, key: ReadyKey(readyAt: tick, sequence: tick + 1))
      guard let next = queue.admit() else { continue }
      if next == 0 { admittedAt = tick }
      queue.release(next, agentID: next == 0 ? agents[0] : agents[1])
    }
    let levels = Int64(Priority.critical.rawValue - Priority.low.rawValue)
    #expect(admittedAt.map { $0 >= levels * Self.ageing && $0 <= levels * Self.ageing + 1 } == true)
  }

  @Test("lets agents take turns, whatever the length of their queues")
  func fairShare() {
    let agents = Self.agents(3)
    var queue = ReadyQueue(rules: .init(ageing: 1_000_000, usesPriorities: true, tasksPerAgent: 1_000))
    var owners: [UInt32: Int] = [:]
    for (agent, count) in [(0, 500), (1, 30), (2, 10)] {
      for _ in 0..<count {
        let slot = UInt32(owners.count)
        owners[slot] = agent
        queue.insert(
          slot, agentID: agents[agent], priority: .normal, key: ReadyKey(readyAt: 0, sequence: Int64(slot)))
      }
    }
    var served = [0, 0, 0]
    for _ in 0..<30 {
      guard let slot = queue.admit(), let owner = owners[slot] else { break }
      served[owner] += 1
    }
    #expect(served == [10, 10, 10])
  }

  @Test("gives an agent that was idle no credit for the time before")
  func noCredit() {
    let agents = Self.agents(2)
    var queue = ReadyQueue(rules: .init(ageing: 1_000_000, usesPriorities: true, tasksPerAgent: 1_000))
    for slot in 0..<UInt32(100) {
      queue.insert(slot, agentID: agents[0], priority: .normal, key: ReadyKey(readyAt: 0, sequence: Int64(slot)))
    }
    for _ in 0..<50 { _ = queue.admit() }
    for slot in 100..<UInt32(150) {
      queue.insert(slot, agentID: agents[1], priority: .normal, key: ReadyKey(readyAt: 1, sequence: Int64(slot)))
    }
    let next = (0..<20).compactMap { _ in queue.admit() }
    #expect((9...11).contains(next.filter { $0 >= 100 }.count))
  }

  @Test("goes by time alone without priorities")
  func timeAlone() {
    let agents = Self.agents(2)
    var queue = ReadyQueue(rules: .init(ageing: Self.ageing, usesPriorities: false, tasksPerAgent: 10))
    let tasks: [(Int, Priority, Int64)] = [(0, .low, 3), (1, .critical, 5), (0, .critical, 9), (1, .low, 1)]
    for (slot, task) in tasks.enumerated() {
      queue.insert(
        UInt32(slot), agentID: agents[task.0], priority: task.1, key: ReadyKey(readyAt: task.2, sequence: Int64(slot)))
    }
    #expect((0..<4).compactMap { _ in queue.admit() } == [3, 0, 1, 2])
    #expect(queue.admit() == nil)
  }
}
