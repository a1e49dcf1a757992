import SymbiontCore
import SymbiontScheduling
import SymbiontStore
import SymbiontTesting
import Synchronization
import Testing

@Suite("Health checks of workers")
struct WorkerHealthTests {
  /// A worker whose health a test decides.
  private final class Worker: TaskWorker {
    let name: String
    let capacity = 4
    let isChecked = true
    let performer: StagedPerformer
    private let failing = Mutex(false)

    init(_ name: String, _ performer: StagedPerformer) {
      self.name = name
      self.performer = performer
    }

    func setFailing(_ value: Bool) { failing.withLock { $0 = value } }

    func perform(_ attempt: TaskAttempt) async throws -> [UInt8] { try await performer.perform(attempt) }

    func checkHealth() async throws -> WorkerHealth {
      if failing.withLock({ $0 }) { throw StagedPerformer.Failure(description: "it does not answer") }
      return WorkerHealth()
    }
  }

  @Test("take a failing worker out, and bring it back")
  func outAndBack() async throws {
    let performers = [StagedPerformer(), StagedPerformer()]
    let workers = [Worker("a", performers[0]), Worker("b", performers[1])]
    let stage = try await SchedulerStage(
      SchedulerConfig(loadBalancingStrategy: .roundRobin, healthCheckInterval: .seconds(10)), workers: workers)
    func check(until condition: ([WorkerStatus]) -> Bool) async throws {
      stage.clock.advance(by: .seconds(10))
      try await waitUntil(stage) { condition(await $0.workerStatuses()) }
    }
    workers[0].setFailing(true)
    try await check { $0[0].failedChecks == 1 && $0[0].isHealthy }
    try await check { !$0[0].isHealthy }
    let tasks = (0..<4).map { _ in stage.task() }
    try await stage.scheduler.scheduleTasks(tasks)
    await performers[1].waitForAttempts(4)
    #expect(performers[0].begun.isEmpty)
    workers[0].setFailing(false)
    try await check { $0[0].failedChecks == 0 }
    try await check { $0[0].isHealthy }
    let last = stage.task()
    try await stage.scheduler.scheduleTask(last)
    await performers[0].waitForAttempts(1)
    for task in tasks { performers[1].end(task.id) }
    performers[0].end(last.id)
    try await stage.scheduler.shutdown()
  }
}
