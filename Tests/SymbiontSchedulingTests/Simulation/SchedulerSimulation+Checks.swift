import SymbiontCore
import SymbiontScheduling
import SymbiontStore
import Testing

extension SchedulerSimulation {
  /// What must hold after each step.
  mutating func check() {
    let census = state.census()
    let metrics = state.currentMetrics
    #expect(metrics.runningTasks == census.admitted.count, "\(seed)")
    #expect(metrics.pendingTasks == census.waiting, "\(seed)")
    let places = census.admitted.count { $0.hasPlace }
    #expect(state.occupiedPlaces == places, "places of workers leak, \(seed)")
    let isWithinBounds =
      places <= configuration.maxConcurrentTasks && state.workerStatuses.allSatisfy { $0.running <= $0.capacity }
    if isWithinBounds { mayExceed = false }
    #expect(isWithinBounds || mayExceed, "\(seed)")
    for worker in state.workerStatuses { #expect(worker.running >= 0, "\(seed)") }
    for agent in agents {
      #expect(census.admitted.filter { $0.task.agentID == agent }.count <= options.tasksPerAgent, "\(seed)")
    }
  }

  /// An agent that is let go may have more tasks that run than there are places.
  mutating func setHeld(_ agent: AgentID, _ isHeld: Bool) {
    if !isHeld { mayExceed = true }
    state.setHeld(agent, isHeld, now: world.now)
  }

  /// Whether priorities were kept by what an event admitted: `before` is what ran before it.
  func checkOrder(admittedBefore before: Set<TaskID>) {
    let census = state.census()
    let ageing = options.ageingInterval.microseconds
    for admitted in census.admitted where !before.contains(admitted.task.id) {
      #expect(census.admitted.count { $0.hasPlace } <= configuration.maxConcurrentTasks, "\(seed)")
      for other in census.admissible where other.task.priority > admitted.task.priority {
        let levels = Int64(other.task.priority.rawValue - admitted.task.priority.rawValue)
        #expect(
          admitted.readyAt + levels * ageing <= other.readyAt,
          "`\(admitted.task.id)` went before the more urgent `\(other.task.id)`, \(seed)")
      }
    }
  }

  /// Nothing fails any more, until nothing is left to do.
  mutating func settle() async throws {
    isCalm = true
    try await follow()
    state.setPaused(false, request: ledger.request(.other))
    for agent in agents { setHeld(agent, false) }
    var steps = 0
    while !state.isIdle, steps < 100_000 {
      steps += 1
      // One whose record still waits for the disk cannot be removed yet.
      for status in state.scheduleStatuses() {
        state.removeSchedule(status.schedule.id, request: ledger.request(.other))
      }
      let before = Set(state.census().admitted.map(\.task.id))
      if world.work.isEmpty {
        let civil = state.nextCivilTime.map { $0 - world.now.civil.microsecondsSinceEpoch } ?? .max
        let elapsed = state.nextElapsedTime.map { $0 - world.now.elapsed } ?? .max
        world.advance(max(1, min(civil, elapsed, 3_600_000_000)))
        state.alarm(world.now)
      } else {
        endWork()
      }
      checkOrder(admittedBefore: before)
      try await follow()
      check()
    }
  }

  /// What must hold at the end.
  func verify() async throws {
    #expect(state.isIdle, "something is left for ever, \(seed)")
    #expect(state.occupiedPlaces == 0 && state.currentMetrics.runningTasks == 0, "capacity leaked, \(seed)")
    for id in ledger.acknowledged.keys {
      #expect(ledger.ends[id] != nil, "the acknowledged `\(id)` was lost, \(seed)")
      #expect(state.status(of: id)?.name == ledger.ends[id], "\(seed)")
    }
    for id in ledger.seen { #expect(ledger.ends[id] != nil, "`\(id)` began and never ended, \(seed)") }
    for (id, count) in ledger.completions { #expect(count == 1, "`\(id)` was completed \(count) times, \(seed)") }
    let left = try await store.read { transaction in
      var rows = 0
      try transaction.eachTask { _ in rows += 1 }
      return rows
    }
    #expect(left == 0, "\(seed)")
  }
}
