package import SymbiontCore

/// The workers, what they carry, and which one is next.
///
/// A choice looks at every worker, of which there are at most 1,024.
package struct WorkerPool: Sendable {
  /// How many checks in a row must fail before a worker is taken out.
  package static let failuresToLeave = 2
  /// How many checks in a row must succeed before it is brought back.
  package static let successesToReturn = 2

  private struct Worker: Sendable {
    let name: String
    let capacity: Int
    let weight: Int
    let isChecked: Bool
    var running = 0
    var load = 0.0
    var isHealthy = true
    var failures = 0
    var successes = 0
    /// What smooth weighted round robin has put aside for it.
    var credit = 0
  }

  private let strategy: LoadBalancingStrategy
  private var workers: [Worker]
  private var cursor = 0

  /// How many more tasks the healthy workers can take.
  package private(set) var freePlaces: Int

  package init(_ workers: [any TaskWorker], strategy: LoadBalancingStrategy) {
    self.strategy = strategy
    self.workers = workers.map {
      Worker(name: $0.name, capacity: max(1, $0.capacity), weight: max(1, $0.weight), isChecked: $0.isChecked)
    }
    freePlaces = self.workers.reduce(0) { $0 + $1.capacity }
  }

  /// The workers that are checked.
  package var checked: [Int] { workers.indices.filter { workers[$0].isChecked } }

  package var statuses: [WorkerStatus] {
    workers.map {
      WorkerStatus(
        name: $0.name, running: $0.running, capacity: $0.capacity, isHealthy: $0.isHealthy, failedChecks: $0.failures)
    }
  }

  /// Gives a task to a worker; nil when none has a place.
  package mutating func occupy() -> Int? {
    guard freePlaces > 0 else { return nil }
    let chosen: Int? =
      switch strategy {
      case .roundRobin: nextInTurn()
      case .leastConnections: best { Double($0.running) }
      // A worker that is half full by its own account, or by ours, is half free: the fuller account counts.
      case .resourceBased: best { max($0.load, Double($0.running) / Double($0.capacity)) }
      case .weightedRoundRobin: nextByWeight()
      }
    guard let chosen else { return nil }
    workers[chosen].running += 1
    freePlaces -= 1
    cursor = (chosen + 1) % workers.count
    return chosen
  }

  /// Gives a task that left its place of a worker one again, also when there is none free: then others wait the longer.
  package mutating func occupyAgain(_ worker: Int) {
    workers[worker].running += 1
    if workers[worker].isHealthy { freePlaces -= 1 }
  }

  /// A task of the worker has ended, or leaves its place.
  package mutating func release(_ worker: Int) {
    workers[worker].running -= 1
    if workers[worker].isHealthy { freePlaces += 1 }
  }

  /// Notes the outcome of a check: the health, or nil when it failed.
  ///
  /// - Returns: Whether the worker was taken out or brought back.
  package mutating func checked(_ index: Int, _ health: WorkerHealth?) -> Bool {
    let wasHealthy = workers[index].isHealthy
    if let health {
      workers[index].load = health.load
      workers[index].failures = 0
      workers[index].successes += 1
      if workers[index].successes >= Self.successesToReturn { workers[index].isHealthy = true }
    } else {
      workers[index].successes = 0
      workers[index].failures += 1
      if workers[index].failures >= Self.failuresToLeave { workers[index].isHealthy = false }
    }
    guard workers[index].isHealthy != wasHealthy else { return false }
    let places = workers[index].capacity - workers[index].running
    freePlaces += wasHealthy ? -places : places
    return true
  }

  private func hasPlace(_ index: Int) -> Bool {
    workers[index].isHealthy && workers[index].running < workers[index].capacity
  }

  private func nextInTurn() -> Int? {
    (0..<workers.count).lazy.map { (cursor + $0) % workers.count }.first(where: hasPlace)
  }

  /// The worker with the smallest measure; among equals the next in turn.
  private func best(_ measure: (Worker) -> Double) -> Int? {
    var best: (index: Int, measure: Double)?
    for offset in 0..<workers.count {
      let index = (cursor + offset) % workers.count
      guard hasPlace(index) else { continue }
      let value = measure(workers[index])
      if best.map({ value < $0.measure }) ?? true { best = (index, value) }
    }
    return best?.index
  }

  /// Smooth weighted round robin: everyone earns its weight, the richest is chosen and pays what all earned.
  private mutating func nextByWeight() -> Int? {
    var total = 0
    var richest: Int?
    for index in workers.indices where hasPlace(index) {
      workers[index].credit += workers[index].weight
      total += workers[index].weight
      if richest.map({ workers[index].credit > workers[$0].credit }) ?? true { richest = index }
    }
    if let richest { workers[richest].credit -= total }
    return richest
  }
}
