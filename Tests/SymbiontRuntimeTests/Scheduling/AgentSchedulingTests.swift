import Foundation
import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontSandbox
import SymbiontScheduling
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("Agents and the scheduler")
struct AgentSchedulingTests {
  private let clock = ManualSchedulerClock()

  private func fixture(_ directory: String? = nil, sandbox: FakeSandbox = FakeSandbox()) -> RuntimeFixture {
    RuntimeFixture(
      sandbox: sandbox, directory: directory,
      change: { [clock] configuration in configuration.schedulerClock = clock })
  }

  private func task(_ agentID: AgentID, input: String = "", timeout: Duration = .seconds(60)) -> ScheduledTask {
    ScheduledTask(
      id: TaskID(), agentID: agentID, scheduledTime: .epoch, timeout: timeout, input: Array(input.utf8))
  }

  @Test("a task calls its agent, and has its result or its failure")
  func results() async throws {
    try await fixture().with { runtime in
      let agent = try #require(
        try await runtime.deploy(
          SourceText(name: "t.symbi", text: "agent half(x: int) -> int { if x < 0 { throw \"negative\" } x / 2 }")
        )
        .first)
      let scheduler = try #require(runtime.scheduler)
      let good = task(agent.id, input: "42")
      try await scheduler.scheduleTask(good)
      #expect(try await scheduler.finalStatus(of: good.id) == .completed(result: Array("21".utf8)))
      let wrong = task(agent.id, input: "\"text\"")
      try await scheduler.scheduleTask(wrong)
      guard case .failed(let error) = try await scheduler.finalStatus(of: wrong.id) else {
        Issue.record("a task with a wrong input did not fail")
        return
      }
      #expect(error.code == "TASK_AGENT_UNAVAILABLE" && error.message.contains("int"), "\(error)")
    }
  }

  @Test(
    "an agent with an interval is called at each, rests while it is suspended, and is not called once it is terminated")
  func interval() async throws {
    try await fixture().with { runtime in
      let source = SourceText(
        name: "t.symbi", text: "agent tick { let n = recall(\"n\", 0) + 1; remember(\"n\", n); n }")
      let agent = try #require(try await runtime.deploy(source, mode: .scheduled(interval: .seconds(60))).first)
      let scheduler = try #require(runtime.scheduler)
      let id = try #require(await scheduler.schedules().first?.schedule.id)
      for expected in 1...3 {
        clock.advance(by: .seconds(60))
        while try await scheduler.history(of: id).count < expected { await Task.yield() }
        let run = try await scheduler.history(of: id)[expected - 1]
        let result = try await scheduler.finalStatus(of: try #require(run.taskID))
        #expect(result == .completed(result: Array("\(expected)".utf8)))
      }
      try await runtime.lifecycle.suspendAgent(agent.id)
      #expect(await scheduler.schedules().map(\.state) == [.suspended])
      clock.advance(by: .seconds(300))
      try await runtime.lifecycle.resumeAgent(agent.id)
      #expect(await scheduler.schedules().map(\.state) == [.active])
      #expect(try await scheduler.history(of: id).count { $0.taskID != nil } == 3)
      try await runtime.lifecycle.terminateAgent(agent.id)
      #expect(await scheduler.schedules().isEmpty)
    }
  }

  @Test("a schedule block calls its agent with its input, and follows a new program")
  func blocks() async throws {
    let first = """
      schedule nightly { cron: "30 2 * * *", time_zone: "Europe/Berlin", agent: report, input: {day: "today"}, overlap: "wait" }
      agent report(day: string) { day }
      agent other { 1 }
      """
    let second = "schedule often { interval: 10s, agent: other } agent report(day: string) { day } agent other { 1 }"
    try await fixture().with { runtime in
      let agents = try await runtime.deploy(SourceText(name: "t.symbi", text: first))
      let scheduler = try #require(runtime.scheduler)
      let status = try #require(await scheduler.schedules().first)
      #expect(await scheduler.schedules().count == 1)
      #expect(status.schedule.agentID == agents[0].id && status.schedule.overlap == .wait)
      #expect(status.schedule.trigger == .cron("30 2 * * *", timeZone: "Europe/Berlin"))
      let task = try await scheduler.triggerSchedule(status.schedule.id)
      #expect(try await scheduler.finalStatus(of: task) == .completed(result: Array("\"today\"".utf8)))
      _ = try await runtime.deploy(SourceText(name: "t.symbi", text: second))
      #expect(await scheduler.schedules().map(\.schedule.trigger) == [.interval(.seconds(10))])
      #expect(await scheduler.schedules().map(\.schedule.agentID) == [agents[1].id])
    }
  }

  @Test(
    "what others scheduled or paused stays so when the agent is suspended, stopped and started, and after a restart")
  func schedulesOfOthers() async throws {
    let program = "schedule often { interval: 60s } agent a { 1 }"
    try await RuntimeFixture.withDirectory { directory in
      let (agentID, own, theirs) = try await fixture(directory).with { runtime in
        let agent = try #require(try await runtime.deploy(SourceText(name: "t.symbi", text: program)).first)
        let scheduler = try #require(runtime.scheduler)
        let own = try #require(await scheduler.schedules().first?.schedule.id)
        let theirs = TaskSchedule(id: ScheduleID(), agentID: agent.id, trigger: .interval(.seconds(90)))
        try await scheduler.addSchedule(theirs)
        try await scheduler.pauseSchedule(own)
        try await runtime.lifecycle.suspendAgent(agent.id)
        #expect(await scheduler.schedules().first { $0.schedule.id == theirs.id }?.state == .suspended)
        try await runtime.lifecycle.resumeAgent(agent.id)
        #expect(await scheduler.schedules().first { $0.schedule.id == theirs.id }?.state == .active)
        #expect(await scheduler.schedules().first { $0.schedule.id == own }?.state == .paused)
        return (agent.id, own, theirs)
      }
      try await fixture(directory).with { runtime in
        let scheduler = try #require(runtime.scheduler)
        #expect(await scheduler.schedules().first { $0.schedule.id == own }?.state == .paused)
        try await runtime.lifecycle.stopAgent(agentID)
        #expect(await scheduler.schedules().map(\.schedule) == [theirs])
        try await runtime.lifecycle.terminateAgent(agentID)
        #expect(await scheduler.schedules().isEmpty)
      }
    }
  }

  @Test("tasks of a suspended agent wait for it, also after a restart, take nobody's place, and do not run out of time")
  func suspendedTasks() async throws {
    try await RuntimeFixture.withDirectory { directory in
      let program = "agent a(x: int) -> int { x }"
      let fixture = fixture(directory)
      let (agentID, ids) = try await fixture.with { runtime in
        let agent = try #require(try await runtime.deploy(SourceText(name: "t.symbi", text: program)).first)
        try await runtime.lifecycle.suspendAgent(agent.id)
        let tasks = (0..<3).map { _ in task(agent.id, input: "7", timeout: .seconds(5)) }
        try await runtime.scheduler?.scheduleTasks(tasks)
        clock.advance(by: .seconds(60))
        #expect(await runtime.scheduler?.listRunningTasks().isEmpty == true)
        return (agent.id, tasks.map(\.id))
      }
      try await fixture.with { runtime in
        let scheduler = try #require(runtime.scheduler)
        clock.advance(by: .seconds(60))
        #expect(await scheduler.listRunningTasks().isEmpty)
        try await runtime.lifecycle.resumeAgent(agentID)
        for id in ids { #expect(try await scheduler.finalStatus(of: id) == .completed(result: Array("7".utf8))) }
      }
    }
  }

  @Test("the time of a task does not count while its agent is suspended")
  func suspendedTime() async throws {
    try await fixture().with { runtime in
      let source = SourceText(name: "t.symbi", text: "agent sleeper { sleep(20m) }")
      let agent = try #require(try await runtime.deploy(source).first)
      let scheduler = try #require(runtime.scheduler)
      let waiting = task(agent.id, timeout: .seconds(5))
      try await scheduler.scheduleTask(waiting)
      while try await runtime.lifecycle.getAgentState(agent.id) != .waiting { await Task.yield() }
      clock.advance(by: .seconds(3))
      try await runtime.lifecycle.suspendAgent(agent.id)
      clock.advance(by: .seconds(600))
      try await runtime.lifecycle.resumeAgent(agent.id)
      clock.advance(by: .seconds(1))
      #expect(await scheduler.listRunningTasks().count == 1)
      clock.advance(by: .seconds(2))
      while try await scheduler.getTaskStatus(waiting.id) == .running { await Task.yield() }
      guard case .retrying = try await scheduler.getTaskStatus(waiting.id) else {
        Issue.record("its time was never over")
        return
      }
    }
  }

  @Test("an agent one of whose times has passed can be started again, with its other schedules")
  func passedTime() async throws {
    let time = clock.now().civil + .seconds(5)
    let program = "schedule first { at: \"\(time)\" } schedule often { interval: 60s } agent a { 1 }"
    try await fixture().with { runtime in
      let agent = try #require(try await runtime.deploy(SourceText(name: "t.symbi", text: program)).first)
      let scheduler = try #require(runtime.scheduler)
      #expect(await scheduler.schedules().count == 2)
      clock.advance(by: .seconds(10))
      try await runtime.lifecycle.restartAgent(agent.id)
      #expect(await scheduler.schedules().map(\.schedule.trigger) == [.interval(.seconds(60))])
    }
  }

  @Test(
    "a schedule block that cannot be kept is refused with its reason",
    arguments: [
      ("schedule s { cron: \"61 * * * *\" }", "61"),
      ("schedule s { cron: \"0 0 31 2 *\" }", "never comes due"),
      ("schedule s { agent: nobody, interval: 5s }", "`nobody`"),
      ("schedule s { interval: 5s, often: true }", "`often`"),
      ("schedule s { interval: 5s, overlap: \"pile\" }", "skip, wait, replace, allow"),
      ("schedule s { }", "one of `cron`, `interval` and `at`"),
    ])
  func refusals(block: String, reason: String) async throws {
    try await fixture().with { runtime in
      let error = await #expect(throws: LifecycleError.self) {
        try await runtime.deploy(SourceText(name: "t.symbi", text: "\(block) agent a { 1 }"))
      }
      #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
      #expect(await runtime.scheduler?.schedules().isEmpty == true)
    }
  }

  @Test("a stop in the middle of a task calls its agent once: the next runtime waits for the same execution")
  func once() async throws {
    let program = """
      agent slow { remember("calls", recall("calls", 0) + 1); sleep(20m); recall("calls") }
      """
    try await RuntimeFixture.withDirectory { directory in
      let fixture = fixture(directory)
      let id = TaskID()
      let agentID = try await fixture.with { runtime in
        let agent = try #require(try await runtime.deploy(SourceText(name: "t.symbi", text: program)).first)
        try await runtime.scheduler?.scheduleTask(
          ScheduledTask(id: id, agentID: agent.id, scheduledTime: .epoch, timeout: .seconds(86_400)))
        while try await runtime.lifecycle.getAgentState(agent.id) != .waiting { await Task.yield() }
        return agent.id
      }
      for _ in 0..<5 {
        try await fixture.with { runtime in
          let scheduler = try #require(runtime.scheduler)
          while await scheduler.listRunningTasks().isEmpty {
            clock.advance(by: .seconds(1))
            await Task.yield()
          }
          #expect(try await runtime.lifecycle.getAgentState(agentID) == .waiting)
        }
      }
      try await fixture.with { runtime in
        let scheduler = try #require(runtime.scheduler)
        fixture.time.advance(by: .seconds(1_300))
        clock.advance(by: .seconds(5))
        #expect(try await scheduler.finalStatus(of: id) == .completed(result: Array("1".utf8)))
        #expect(try await runtime.lifecycle.getAgent(agentID).executionCount == 1)
      }
    }
  }

  @Test("a task that takes too long, or is cancelled, ends with the command that it runs")
  func stopped() async throws {
    let (ended, end) = AsyncStream<Void>.makeStream()
    let sandbox = FakeSandbox { _ throws(SandboxError) in
      let (never, _) = AsyncStream<Void>.makeStream()
      for await _ in never {}
      end.yield()
      throw .cancelled(operation: "run")
    }
    let fixture = RuntimeFixture(
      sandbox: sandbox,
      change: { [clock] configuration in
        configuration.schedulerClock = clock
        configuration.scheduling.retryAttempts = 0
      })
    try await fixture.with { runtime in
      let agent = try #require(
        try await runtime.deploy(
          SourceText(name: "t.symbi", text: "agent a { policy p { allow: exec } exec(\"forever\") }")
        ).first)
      let scheduler = try #require(runtime.scheduler)
      var ends = ended.makeAsyncIterator()
      let late = task(agent.id, timeout: .seconds(30))
      try await scheduler.scheduleTask(late)
      while sandbox.commands.isEmpty { await Task.yield() }
      clock.advance(by: .seconds(31))
      #expect(try await scheduler.finalStatus(of: late.id) == .timedOut)
      await ends.next()
      let unwanted = task(agent.id)
      try await scheduler.scheduleTask(unwanted)
      while sandbox.commands.count < 2 { await Task.yield() }
      try await scheduler.cancelTask(unwanted.id)
      #expect(try await scheduler.getTaskStatus(unwanted.id) == .cancelled)
      await ends.next()
    }
  }

  @Test("cancelling the execution of a task ends the task, which is not begun again")
  func cancelledExecution() async throws {
    try await fixture().with { runtime in
      let agent = try #require(
        try await runtime.deploy(SourceText(name: "t.symbi", text: "agent a { sleep(1h) }")).first)
      let scheduler = try #require(runtime.scheduler)
      let task = task(agent.id)
      try await scheduler.scheduleTask(task)
      while try await runtime.lifecycle.getAgentState(agent.id) != .waiting { await Task.yield() }
      let execution = try #require(try await runtime.journal.executions().first)
      _ = try await runtime.cancel(execution.id)
      guard case .failed(let error) = try await scheduler.finalStatus(of: task.id) else {
        Issue.record("the task went on")
        return
      }
      #expect(!error.isRetryable && error.message.contains("cancelled"), "\(error)")
    }
  }

  @Test("an agent that fails for good is not called by its schedule any more")
  func failedForGood() async throws {
    let fixture = RuntimeFixture(
      change: { [clock] configuration in
        configuration.schedulerClock = clock
        configuration.lifecycle.maxRestartAttempts = 0
        configuration.scheduling.retryAttempts = 0
      })
    try await fixture.with { runtime in
      let source = SourceText(name: "t.symbi", text: "agent a { throw \"always\" }")
      let agent = try #require(try await runtime.deploy(source, mode: .scheduled(interval: .seconds(60))).first)
      let scheduler = try #require(runtime.scheduler)
      #expect(await scheduler.schedules().count == 1)
      clock.advance(by: .seconds(60))
      while await !scheduler.schedules().isEmpty { await Task.yield() }
      #expect(try await runtime.lifecycle.getAgentState(agent.id) == .failed)
    }
  }

  @Test("tasks that an open circuit breaker held back begin as soon as it closes")
  func breaker() async throws {
    let fixture = RecoveryFixture(change: { [clock] configuration in
      configuration.schedulerClock = clock
      configuration.errorHandling.circuitBreakerThreshold = 1
      configuration.errorHandling.circuitBreakerTimeout = .seconds(600)
    })
    try await fixture.with { runtime in
      let agent = try await runtime.start("half", "agent half(x: int) -> int { if x < 0 { throw \"negative\" } x / 2 }")
      #expect(try await runtime.failure(of: agent, ["x": -1]) == "Thrown")
      let scheduler = try #require(runtime.scheduler)
      let tasks = (0..<3).map { _ in task(agent, input: "{\"x\": 8}") }
      try await scheduler.scheduleTasks(tasks)
      for task in tasks {
        while try await scheduler.getTaskStatus(task.id).name != "Retrying" { await Task.yield() }
      }
      fixture.clock.advance(by: .seconds(601))
      #expect(try await runtime.failure(of: agent, ["x": 2]) == nil)
      // The scheduler's own time did not go on.
      for task in tasks {
        #expect(try await scheduler.finalStatus(of: task.id) == .completed(result: Array("4".utf8)))
      }
    }
  }

  @Test("a task that must not begin twice goes on with its execution after a crash, and can be cancelled")
  func crash() async throws {
    let program = "agent a { sleep(20m); \"slept\" }"
    try await RuntimeFixture.withDirectory { directory in
      let (first, second) = (TaskID(), TaskID())
      let copy = "\(directory)-crashed"
      defer { try? FileManager.default.removeItem(atPath: copy) }
      try await fixture(directory).with { runtime in
        let agent = try #require(try await runtime.deploy(SourceText(name: "t.symbi", text: program)).first)
        let scheduler = try #require(runtime.scheduler)
        for id in [first, second] {
          try await scheduler.scheduleTask(
            ScheduledTask(
              id: id, agentID: agent.id, scheduledTime: .epoch, timeout: .seconds(86_400), interruption: .fail))
        }
        while try await runtime.journal.executions().count(where: { $0.status == .waiting }) < 2 { await Task.yield() }
        // What a crash would leave: the files as they are now.
        try FileManager.default.copyItem(atPath: directory, toPath: copy)
      }
      let fixture = fixture(copy)
      try await fixture.with { runtime in
        let scheduler = try #require(runtime.scheduler)
        while await scheduler.listRunningTasks().count < 2 { await Task.yield() }
        try await scheduler.cancelTask(second)
        fixture.time.advance(by: .seconds(1_300))
        guard case .completed(let result) = try await scheduler.finalStatus(of: first) else {
          Issue.record("the task did not go on")
          return
        }
        #expect(result == Array("\"slept\"".utf8))
        let statuses = try await runtime.journal.executions().map(\.status)
        #expect(Set(statuses) == [.cancelled, .completed] && statuses.count == 2, "\(statuses)")
      }
    }
  }
}
