import SymbiontCore
import SymbiontScheduling
import SymbiontStore
import SymbiontTesting
import Testing

/// A scheduler and its store, driven by chance: requests, ends of work, crashes, slow and failing disks, clocks that jump.
struct SchedulerSimulation {
  static let steps = 250

  let seed: SeededRandom
  var random: SeededRandom
  let store: Store
  let configuration: SchedulerConfig
  let options: SchedulerOptions
  let workers: [SimulatedWorld.Worker]
  let agents: [AgentID]
  var world = SimulatedWorld()
  var ledger = SimulationLedger()
  var state: SchedulerState
  var schedules: [ScheduleID] = []
  var isCalm = false
  /// Whether more tasks may have places than there are, since an agent was let go.
  var mayExceed = false

  init(seed: SeededRandom) throws {
    self.seed = seed
    var random = seed
    store = try Store.open(StoreConfiguration(durability: .memory))
    workers = (0..<Int.random(in: 1...3, using: &random)).map { index in
      .init(name: "\(index)", capacity: .random(in: 1...3, using: &random), weight: .random(in: 1...3, using: &random))
    }
    configuration = SchedulerConfig(
      maxConcurrentTasks: .random(in: 1...6, using: &random), retryAttempts: .random(in: 0...3, using: &random),
      loadBalancingStrategy: LoadBalancingStrategy.allCases.randomElement(using: &random) ?? .roundRobin,
      taskQueueSize: .random(in: 5...40, using: &random), healthCheckInterval: .seconds(10))
    options = SchedulerOptions(
      ageingInterval: .seconds(.random(in: 1...20, using: &random)), tasksPerAgent: .random(in: 1...3, using: &random),
      longestRetryDelay: .seconds(60), finishedTasks: 100_000, runsPerSchedule: 1_000)
    agents = (0..<Int.random(in: 1...4, using: &random)).map { _ in AgentID(timestamp: .epoch, using: &random) }
    state = SchedulerState(
      configuration: configuration, options: options, workers: workers, seed: random.next(), now: world.now)
    self.random = random
  }

  mutating func run() async throws {
    try await open()
    for _ in 0..<Self.steps {
      let before = Set(state.census().admitted.map(\.task.id))
      try await step()
      check()
      checkOrder(admittedBefore: before)
    }
    try await settle()
    try await verify()
    await store.close()
  }

  /// A life of the process begins.
  private mutating func open() async throws {
    state = SchedulerState(
      configuration: configuration, options: options, workers: workers, seed: random.next(), now: world.now)
    state.restore(try await SchedulerJournal(store: store).takeOver(zones: ZoneDatabase()), now: world.now)
    try await follow()
  }

  /// Carries out what the state wants.
  mutating func follow() async throws {
    for action in state.takeActions() {
      switch action {
      case .perform(let slot, _, let attempt):
        ledger.began(attempt, seed: "\(seed)")
        world.work[attempt.executionID] = .init(slot: slot, attempt: attempt)
      case .stop(let slot):
        for (id, work) in world.work where work.slot == slot { world.work[id]?.isStopped = true }
      case .abandon(let task): #expect(world.work.values.allSatisfy { $0.attempt.task.id != task.id }, "\(seed)")
      case .answer(let id, let answer): ledger.answered(id, answer, seed: "\(seed)")
      case .checkHealth(let worker):
        let fails = !isCalm && Int.random(in: 0..<4, using: &random) == 0
        state.healthChecked(
          worker, fails ? nil : WorkerHealth(load: .random(in: 0...1, using: &random)), now: world.now)
      }
    }
    if world.batch.isEmpty { world.batch = state.takeBatch() }
    if !isCalm { return }
    while !world.batch.isEmpty { try await commit() }
  }

  /// The store has written its batch.
  mutating func commit() async throws {
    let batch = world.batch
    world.batch = []
    guard !batch.isEmpty else { return }
    try await write(batch)
    state.committed(batch, now: world.now)
    noteEnds(batch)
    try await follow()
  }

  mutating func refuse() async throws {
    let batch = world.batch
    world.batch = []
    guard !batch.isEmpty else { return }
    state.refused(batch, because: "the disk is full", now: world.now)
    try await follow()
  }

  func write(_ batch: [JournalEntry]) async throws {
    let result = await withCheckedContinuation { continuation in
      SchedulerJournal(store: store).write(batch, keeping: options) { continuation.resume(returning: $0) }
    }
    try result.get()
  }

  /// The process dies, perhaps while the store writes; then the next one begins.
  mutating func crash() async throws {
    if !world.batch.isEmpty, Bool.random(using: &random) {
      try await write(world.batch)
      noteEnds(world.batch)
    }
    world.batch = []
    ledger.died(world.work.values)
    world.work = [:]
    world.advance(.random(in: 0...60_000_000, using: &random))
    try await open()
  }

  private mutating func noteEnds(_ batch: [JournalEntry]) {
    for entry in batch {
      guard case .finish(_, _, let row, let status) = entry.record else { continue }
      #expect(ledger.ends[row.id] == nil, "`\(row.id)` ended twice, \(seed)")
      ledger.ends[row.id] = status.name
      if case .completed = status { ledger.completions[row.id, default: 0] += 1 }
    }
  }
}
