import Measuring
import SymbiontStore

/// Our side: callers that write one transaction after the other, as fast as they are answered.
struct StoreSide {
  struct Round {
    var perSecond: Double
    var meanBatch: Double
    var latencies: [Duration]
    /// Processor time of one transaction.
    var microseconds: Double
  }

  private let store: Store
  private let states: [Identifier]

  init(directory: String) async throws {
    var configuration = StoreConfiguration(
      durability: .disk(directory: directory),
      migrations: [StoreMigration(identifier: "0001-workload", sql: Workload.schema)])
    configuration.checkpointPages = Workload.checkpointPages
    let store = try Store.open(configuration)
    var random = XorShift(seed: 1)
    let states = (0..<Workload.states).map { _ in Identifier(using: &random) }
    try await store.write { transaction in
      for state in states {
        try transaction.execute(
          "INSERT INTO states (id, version, body) VALUES (?, 0, ?)", state.value, .blob(Workload.body))
      }
    }
    self.store = store
    self.states = states
  }

  func run(callers: Int, for duration: Duration) async throws -> Round {
    let before = store.statistics
    let processor = ProcessorTime()
    let start = ContinuousClock.now
    let latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
      for caller in 0..<callers {
        group.addTask { try await call(seed: UInt64(caller + 1) &* 0x9E37_79B9_7F4A_7C15, until: start + duration) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let elapsed = ContinuousClock.now - start
    let commits = store.statistics.commits - before.commits
    return Round(
      perSecond: Double(latencies.count) / (elapsed / .seconds(1)),
      meanBatch: Double(latencies.count) / Double(max(1, commits)), latencies: latencies,
      microseconds: processor.elapsed / .microseconds(1) / Double(latencies.count))
  }

  func close() async { await store.close() }

  private func call(seed: UInt64, until end: ContinuousClock.Instant) async throws -> [Duration] {
    var random = XorShift(seed: seed)
    var latencies: [Duration] = []
    var now = ContinuousClock.now
    while now < end {
      let journal = Identifier(using: &random)
      let leaf = Identifier(using: &random)
      let state = states[Int(random.next() % UInt64(states.count))]
      try await store.write { transaction in
        try Workload.write(transaction, journal: journal, leaf: leaf, state: state)
      }
      let answered = ContinuousClock.now
      latencies.append(answered - now)
      now = answered
    }
    return latencies
  }
}
