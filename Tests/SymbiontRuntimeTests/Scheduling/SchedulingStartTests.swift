import Foundation
import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontScheduling
import SymbiontTesting
import Testing

@Suite("What an earlier runtime left to the scheduler")
struct SchedulingStartTests {
  private static func fixture(_ directory: String, _ clock: ManualSchedulerClock) -> RuntimeFixture {
    RuntimeFixture(directory: directory, change: { configuration in configuration.schedulerClock = clock })
  }

  @Test("waits for the next one to run: no time of tasks counts before, and no schedule that is gone fires")
  func waits() async throws {
    let clock = ManualSchedulerClock()
    let program = "agent a { sleep(20m); \"slept\" }"
    try await RuntimeFixture.withDirectory { directory in
      let id = TaskID()
      let copy = "\(directory)-crashed"
      defer { try? FileManager.default.removeItem(atPath: copy) }
      try await Self.fixture(directory, clock).with { runtime in
        let agent = try #require(try await runtime.deploy(SourceText(name: "t.symbi", text: program)).first)
        let scheduler = try #require(runtime.scheduler)
        try await scheduler.scheduleTask(
          ScheduledTask(id: id, agentID: agent.id, scheduledTime: .epoch, timeout: .seconds(5)))
        while try await runtime.lifecycle.getAgentState(agent.id) != .waiting { await Task.yield() }
        // The program has no such schedule, as after a crash in the middle of a new deployment.
        try await scheduler.addSchedule(
          TaskSchedule(id: ScheduleID(), agentID: agent.id, trigger: .interval(.seconds(30)), origin: .program))
        try FileManager.default.copyItem(atPath: directory, toPath: copy)
      }
      let fixture = Self.fixture(copy, clock)
      let runtime = try await Runtime.open(fixture.configuration())
      let scheduler = try #require(runtime.scheduler)
      clock.advance(by: .seconds(60))
      #expect(await scheduler.listRunningTasks().isEmpty)
      async let running: Void = runtime.run()
      while await scheduler.listRunningTasks().isEmpty { await Task.yield() }
      #expect(await scheduler.schedules().isEmpty)
      fixture.time.advance(by: .seconds(1_300))
      #expect(try await scheduler.finalStatus(of: id) == .completed(result: Array("\"slept\"".utf8)))
      #expect(try await runtime.journal.executions().count == 1)
      await runtime.shutdown()
      try await running
    }
  }
}
