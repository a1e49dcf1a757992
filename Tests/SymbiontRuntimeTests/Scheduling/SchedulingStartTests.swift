import Foundation
import SymbiontCore
import SymbiontLanguage
import SymbiontScheduling
import SymbiontTesting
import Testing

@testable import SymbiontRuntime

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

  @Test("repeats an attempt whose execution it had ended, but of which it did not know that any more")
  func endedBeforeCrash() async throws {
    let clock = ManualSchedulerClock()
    let program = "agent a { let n = recall(\"n\", 0) + 1; remember(\"n\", n); if n == 1 { sleep(20m) }; n }"
    try await RuntimeFixture.withDirectory { directory in
      try await Self.fixture(directory, clock).with { runtime in
        let agent = try #require(try await runtime.deploy(SourceText(name: "t.symbi", text: program)).first)
        let scheduler = try #require(runtime.scheduler)
        let task = ScheduledTask(id: TaskID(), agentID: agent.id, scheduledTime: .epoch, timeout: .seconds(5))
        try await scheduler.scheduleTask(task)
        while try await runtime.lifecycle.getAgentState(agent.id) != .waiting { await Task.yield() }
        let execution = try #require(try await runtime.journal.executions().first)
        _ = try await runtime.cancelTree(execution.id, as: OutcomeCodec.stoppedForTask)
        while true {
          if case .retrying = try await scheduler.getTaskStatus(task.id) { break }
          await Task.yield()
        }
        clock.advance(by: .seconds(60))
        #expect(try await scheduler.finalStatus(of: task.id) == .completed(result: Array("2".utf8)))
        #expect(try await runtime.journal.executions().count == 2)
      }
    }
  }
}
