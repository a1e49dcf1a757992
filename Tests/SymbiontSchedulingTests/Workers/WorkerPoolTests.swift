import SymbiontCore
import SymbiontScheduling
import Testing

@Suite("The pool of workers")
struct WorkerPoolTests {
  private struct Worker: TaskWorker {
    var name: String
    var capacity: Int
    var weight = 1
    var isChecked = false

    func perform(_ attempt: TaskAttempt) async throws -> [UInt8] { [] }
  }

  private static func pool(_ capacities: [Int], weights: [Int]? = nil, _ strategy: LoadBalancingStrategy) -> WorkerPool
  {
    WorkerPool(
      capacities.enumerated().map { index, capacity in
        Worker(name: "\(index)", capacity: capacity, weight: weights?[index] ?? 1, isChecked: true)
      }, strategy: strategy)
  }

  @Test("takes each in turn, and passes over those that are full")
  func roundRobin() {
    var pool = Self.pool([2, 1, 2], .roundRobin)
    #expect((0..<6).map { _ in pool.occupy() } == [0, 1, 2, 0, 2, nil])
    pool.release(1)
    #expect(pool.occupy() == 1)
  }

  @Test("takes the one with the fewest running tasks")
  func leastConnections() {
    var pool = Self.pool([9, 9, 9], .leastConnections)
    for _ in 0..<6 { _ = pool.occupy() }
    pool.release(1)
    pool.release(1)
    #expect([pool.occupy(), pool.occupy()] == [1, 1])
    #expect(pool.statuses.map(\.running) == [2, 2, 2])
  }

  @Test("takes the one with the most free resources, by its account and by ours")
  func resourceBased() {
    var pool = Self.pool([4, 4, 4], .resourceBased)
    _ = pool.checked(0, WorkerHealth(load: 0.9))
    _ = pool.checked(1, WorkerHealth(load: 0.3))
    _ = pool.checked(2, WorkerHealth(load: 0))
    #expect((0..<4).map { _ in pool.occupy() } == [2, 2, 1, 1])
  }

  @Test("takes stronger ones more often, evenly spread")
  func weighted() {
    var pool = Self.pool([99, 99, 99], weights: [5, 1, 1], .weightedRoundRobin)
    // The order of smooth weighted round robin, as nginx has it.
    #expect((0..<7).map { _ in pool.occupy() } == [0, 0, 1, 0, 2, 0, 0])
  }

  @Test(
    "leaves out a worker after two failed checks, and brings it back after two good ones",
    arguments: LoadBalancingStrategy.allCases)
  func health(strategy: LoadBalancingStrategy) {
    var pool = Self.pool([2, 2], strategy)
    #expect(pool.occupy() == 0)
    #expect(pool.checked(0, nil) == false)
    #expect(pool.checked(0, nil) == true)
    #expect(pool.freePlaces == 2)
    #expect((0..<3).map { _ in pool.occupy() } == [1, 1, nil])
    // What the failing one still carried ends without making room.
    pool.release(0)
    #expect(pool.occupy() == nil)
    #expect(pool.checked(0, WorkerHealth()) == false)
    #expect(pool.checked(0, nil) == false)
    #expect(pool.checked(0, WorkerHealth()) == false)
    #expect(pool.checked(0, WorkerHealth()) == true)
    #expect(pool.freePlaces == 2)
    #expect(pool.occupy() == 0)
  }
}
