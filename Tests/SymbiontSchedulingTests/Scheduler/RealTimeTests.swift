import Glibc
import Logging
import SymbiontCore
import SymbiontScheduling
import SymbiontStore
import SymbiontSystem
import SymbiontTesting
import Testing

@Suite("A scheduler on the clocks of the machine")
struct RealTimeTests {
  private static let agent = AgentID(value: UniqueValue(high: 7, low: 1))

  private static func open(
    _ performer: any TaskPerformer, _ configuration: SchedulerConfig = SchedulerConfig()
  ) async throws -> DefaultScheduler {
    try await DefaultScheduler.open(
      configuration, store: try Store.open(StoreConfiguration(durability: .memory)), performer: performer,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test("begins a task when its time comes, not before", .timeLimit(.minutes(1)))
  func due() async throws {
    let performer = StagedPerformer()
    let scheduler = try await Self.open(performer)
    let due = Timestamp.now() + .milliseconds(30)
    let task = ScheduledTask(id: TaskID(), agentID: Self.agent, scheduledTime: due)
    try await scheduler.scheduleTask(task)
    await performer.waitForAttempts(1)
    #expect(Timestamp.now() >= due)
    performer.end(task.id)
    #expect(try await scheduler.finalStatus(of: task.id) == .completed(result: []))
    try await scheduler.shutdown()
  }

  @Test("ends every process of a task at its timeout", .timeLimit(.minutes(1)))
  func processTree() async throws {
    // As every process is that ran a sandbox: what loses its parent becomes a child of this one.
    #expect(ChildSubreaper.become())
    let (groups, started) = AsyncStream.makeStream(of: Int32.self)
    let performer = ProcessPerformer(script: "sleep 1000 & (sleep 1000 & sleep 1000) & sleep 1000") {
      started.yield($0)
    }
    let scheduler = try await Self.open(performer, SchedulerConfig(retryAttempts: 0))
    let task = ScheduledTask(
      id: TaskID(), agentID: Self.agent, scheduledTime: .now(), timeout: .milliseconds(200))
    try await scheduler.scheduleTask(task)
    #expect(try await scheduler.finalStatus(of: task.id) == .timedOut)
    var seen = groups.makeAsyncIterator()
    let group = try #require(await seen.next())
    #expect(kill(-group, 0) == -1 && errno == ESRCH)
    try await scheduler.shutdown()
  }

  @Test("has ended every process of a task that was cancelled when the call returns", .timeLimit(.minutes(1)))
  func cancelledTree() async throws {
    let (groups, started) = AsyncStream.makeStream(of: Int32.self)
    let performer = ProcessPerformer(script: "sleep 1000 & sleep 1000") { started.yield($0) }
    let scheduler = try await Self.open(performer)
    let task = ScheduledTask(id: TaskID(), agentID: Self.agent, scheduledTime: .now())
    try await scheduler.scheduleTask(task)
    var seen = groups.makeAsyncIterator()
    let group = try #require(await seen.next())
    try await scheduler.cancelTask(task.id)
    #expect(kill(-group, 0) == -1 && errno == ESRCH)
    #expect(try await scheduler.getTaskStatus(task.id) == .cancelled)
    try await scheduler.shutdown()
  }
}
