import SymbiontCore
import SymbiontScheduling
import SymbiontTesting
import Testing

@Suite("Tasks that were handed back")
struct HandedBackTasksTests {
  /// A scheduler without a clock and a store, and what is known of its tasks from outside.
  private struct Stage {
    let agents: [AgentID]
    var random: SeededRandom
    var state: SchedulerState
    var now = Moment(civil: Timestamp(microsecondsSinceEpoch: 1_770_000_000_000_000), elapsed: 0)
    var running: [ExecutionID: (slot: UInt32, id: TaskID)] = [:]
    var tasks: [TaskID] = []
    /// The tasks whose last attempt was handed back.
    var handedBack: Set<TaskID> = []
    /// The tasks that were being executed when their agent was last told of.
    var toldWhileRunning: Set<TaskID> = []
    var lastRequest: UInt64 = 0

    init(_ seed: SeededRandom) {
      var random = seed
      agents = (0..<4).map { _ in AgentID(timestamp: .epoch, using: &random) }
      state = SchedulerState(
        configuration: SchedulerConfig(maxConcurrentTasks: 8), options: SchedulerOptions(tasksPerAgent: 4),
        workers: [SimulatedWorld.Worker(name: "0", capacity: 8, weight: 1)], seed: random.next(), now: now)
      self.random = random
    }

    private mutating func request() -> CallID {
      lastRequest += 1
      return CallID(lastRequest)
    }

    private mutating func anyAgent() -> AgentID { agents.randomElement(using: &random) ?? agents[0] }

    mutating func step() {
      switch Int.random(in: 0..<12, using: &random) {
      case 0...2: schedule()
      case 3...5: end()
      case 6: if let id = tasks.randomElement(using: &random) { state.cancel(id, request: request(), now: now) }
      case 7: state.reassign(from: anyAgent(), to: anyAgent(), request: request())
      case 8: refuse()
      default:
        let batch = state.takeBatch()
        if !batch.isEmpty { state.committed(batch, now: now) }
      }
      pass(.milliseconds(1))
    }

    private mutating func schedule() {
      let task = ScheduledTask(
        id: TaskID(timestamp: now.civil, using: &random), agentID: anyAgent(), scheduledTime: .epoch,
        timeout: .seconds(86_400))
      tasks.append(task.id)
      state.schedule([task], request: request(), now: now)
    }

    private mutating func end() {
      guard let id = running.keys.sorted().randomElement(using: &random), let work = running.removeValue(forKey: id)
      else { return }
      let isHandedBack = Int.random(in: 0..<3, using: &random) > 0
      if isHandedBack { handedBack.insert(work.id) } else { handedBack.remove(work.id) }
      state.attemptEnded(
        work.slot, executionID: id,
        isHandedBack
          ? .handedBack(after: .seconds(3_600)) : .failed(ErrorRecord(code: "C", message: "m", isRetryable: true)),
        now: now)
      if toldWhileRunning.remove(work.id) != nil, isHandedBack {
        #expect(!isRetrying(work.id), "it waits for what is over, \(random)")
      }
    }

    private mutating func refuse() {
      let batch = state.takeBatch()
      guard !batch.isEmpty else { return }
      state.refused(batch, because: "the disk is full", now: now)
      pass(.microseconds(SchedulerState.storePause))
    }

    private mutating func pass(_ duration: Duration) {
      now.civil += duration
      now.elapsed += duration.microseconds
      state.alarm(now)
      follow()
    }

    private mutating func follow() {
      for case .perform(let slot, _, let attempt) in state.takeActions() {
        running[attempt.executionID] = (slot, attempt.task.id)
      }
    }

    func isRetrying(_ id: TaskID) -> Bool { state.status(of: id)?.name == "Retrying" }

    /// Lets the tasks of an agent begin that a search through all tasks finds, and looks what became of each task.
    mutating func retry(_ seed: SeededRandom) {
      let agentID = anyAgent()
      let waiting = state.pendingTasks().filter { isRetrying($0.id) }
      toldWhileRunning.formUnion(state.runningTasks().filter { $0.task.agentID == agentID }.map(\.task.id))
      state.retryHandedBack(of: agentID, now: now)
      for task in waiting {
        let isWoken = task.agentID == agentID && handedBack.contains(task.id)
        #expect(isRetrying(task.id) != isWoken, "\(seed)")
      }
      follow()
    }

    /// Holds an agent or lets it go, and looks which of its tasks have places.
    mutating func hold(_ seed: SeededRandom) {
      let agentID = anyAgent()
      let isHeld = !state.isHeld(agentID)
      state.setHeld(agentID, isHeld, now: now)
      let places = state.census().admitted.filter { $0.hasPlace }
      #expect(places.count == state.occupiedPlaces, "\(seed)")
      if isHeld { #expect(!places.contains { $0.task.agentID == agentID }, "\(seed)") }
      follow()
    }
  }

  @Test("begin at once, and once only, when what kept them from it was over before they were handed back")
  func overBefore() async throws {
    let stage = try await SchedulerStage()
    let task = stage.task()
    try await stage.begin(task)
    stage.scheduler.retryHandedBack(of: task.agentID)
    stage.performer.end(task.id, throwing: TaskHandedBack(after: .seconds(600)))
    await stage.performer.waitForAttempts(2)
    stage.performer.end(task.id, throwing: TaskHandedBack(after: .seconds(600)))
    try await waitUntil(stage) { try await $0.getTaskStatus(task.id).name == "Retrying" }
    stage.scheduler.retryHandedBack(of: task.agentID)
    await stage.performer.waitForAttempts(3)
    #expect(stage.performer.begun.map(\.task.retryCount) == [0, 0, 0])
    stage.performer.end(task.id)
    #expect(try await stage.scheduler.finalStatus(of: task.id) == .completed(result: []))
    try await stage.scheduler.shutdown()
  }

  @Test("are found by their agent as a search through all tasks finds them, and so are those that are being executed")
  func model() {
    for index in 0..<100 {
      let seed = SeededRandom.forTest().branch(index)
      var stage = Stage(seed)
      for step in 0..<300 {
        stage.step()
        if step.isMultiple(of: 5) { stage.retry(seed) }
        if step.isMultiple(of: 7) { stage.hold(seed) }
      }
    }
  }
}
