import SymbiontCore
import SymbiontScheduling
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("The scheduler")
struct DefaultSchedulerTests {
  @Test("carries a task out, and tells its result")
  func result() async throws {
    let stage = try await SchedulerStage()
    var task = stage.task()
    task.input = [1, 2, 3]
    try await stage.begin(task)
    #expect(try await stage.scheduler.getTaskStatus(task.id) == .running)
    #expect(await stage.scheduler.listRunningTasks().map(\.task) == [task])
    #expect(stage.performer.begun.map(\.task.input) == [[1, 2, 3]])
    stage.performer.end(task.id, result: [4])
    #expect(try await stage.scheduler.finalStatus(of: task.id) == .completed(result: [4]))
    #expect(try await stage.scheduler.getTaskStatus(task.id) == .completed(result: [4]))
    let metrics = await stage.scheduler.getSchedulerMetrics()
    #expect(metrics.completedTasks == 1 && metrics.runningTasks == 0 && metrics.pendingTasks == 0)
    try await stage.scheduler.shutdown()
  }

  @Test("waits for the time of a task with one alarm, and wakes for nothing else")
  func scheduledTime() async throws {
    let stage = try await SchedulerStage()
    let late = stage.task(after: 90)
    let early = stage.task(after: 30)
    try await stage.scheduler.scheduleTask(late)
    try await stage.scheduler.scheduleTask(early)
    #expect(await stage.scheduler.listPendingTasks().map(\.id) == [early.id, late.id])
    #expect(stage.clock.alarms.civil == early.scheduledTime)
    #expect(stage.clock.alarms.elapsed == nil)
    stage.clock.advance(by: .seconds(29))
    #expect(stage.clock.wakeups == 0)
    stage.clock.advance(by: .seconds(1))
    await stage.performer.waitForAttempts(1)
    #expect(stage.clock.wakeups == 1)
    #expect(stage.performer.begun.map(\.task.id) == [early.id])
    #expect(stage.clock.alarms.civil == late.scheduledTime)
    stage.performer.end(early.id)
    try await stage.scheduler.cancelTask(late.id)
    try await stage.scheduler.shutdown()
  }

  @Test("admits the most urgent first, and follows a change of priority")
  func priorities() async throws {
    let stage = try await SchedulerStage(SchedulerConfig(maxConcurrentTasks: 1))
    let first = stage.task()
    try await stage.begin(first)
    let tasks = [
      stage.task(after: 0, .low), stage.task(after: 0, .normal), stage.task(after: 0, .high),
      stage.task(after: 0, .low),
    ]
    try await stage.scheduler.scheduleTasks(tasks)
    try await stage.scheduler.updateTaskPriority(tasks[3].id, priority: .critical)
    let expected = [tasks[3], tasks[2], tasks[1], tasks[0]].map(\.id)
    #expect(await stage.scheduler.listPendingTasks().map(\.id) == expected)
    var running = first.id
    for (index, next) in expected.enumerated() {
      stage.performer.end(running)
      await stage.performer.waitForAttempts(index + 2)
      #expect(stage.performer.begun.last?.task.id == next)
      running = next
    }
    await #expect(throws: SchedulerError.taskFinished(taskID: running, status: "Running")) {
      try await stage.scheduler.updateTaskPriority(running, priority: .low)
    }
    stage.performer.end(running)
    try await stage.scheduler.shutdown()
  }

  @Test("stops the work at its timeout, waits until it has stopped, and repeats it later")
  func timeout() async throws {
    let stage = try await SchedulerStage(
      SchedulerConfig(retryAttempts: 1), performer: StagedPerformer(stopsWhenCancelled: false))
    let task = stage.task(timeout: .seconds(10))
    try await stage.begin(task)
    stage.clock.advance(by: .seconds(9))
    #expect(stage.performer.cancelled.isEmpty)
    stage.clock.advance(by: .seconds(1))
    #expect(stage.performer.cancelled == [task.id])
    // It is still being executed, and keeps its place, as long as its work has not stopped.
    #expect(try await stage.scheduler.getTaskStatus(task.id) == .running)
    #expect(await stage.scheduler.getSchedulerMetrics().runningTasks == 1)
    stage.performer.end(task.id, throwing: CancellationError())
    try await waitUntil(stage) { await $0.getSchedulerMetrics().runningTasks == 0 }
    #expect(
      try await stage.scheduler.getTaskStatus(task.id)
        == .retrying(attempt: 2, at: stage.clock.now().civil + .seconds(1)))
    stage.clock.advance(by: .seconds(1))
    await stage.performer.waitForAttempts(2)
    stage.clock.advance(by: .seconds(10))
    stage.performer.end(task.id, throwing: CancellationError())
    #expect(try await stage.scheduler.finalStatus(of: task.id) == .timedOut)
    #expect(await stage.scheduler.getSchedulerMetrics().timedOutTasks == 1)
    try await stage.scheduler.shutdown()
  }

  @Test("does not time out because the clock was set")
  func timeoutAndClock() async throws {
    let stage = try await SchedulerStage()
    let task = stage.task(timeout: .seconds(10))
    try await stage.begin(task)
    stage.clock.setClock(by: .seconds(86_400))
    #expect(stage.performer.cancelled.isEmpty)
    stage.performer.end(task.id)
    #expect(try await stage.scheduler.finalStatus(of: task.id) == .completed(result: []))
    try await stage.scheduler.shutdown()
  }

  @Test("repeats what failed after 1, 2 and 4 seconds, and then gives up with the last reason")
  func retries() async throws {
    let stage = try await SchedulerStage(SchedulerConfig(retryAttempts: 3))
    let task = stage.task()
    try await stage.begin(task)
    for (index, delay) in [1, 2, 4].enumerated() {
      stage.performer.end(task.id, throwing: StagedPerformer.Failure(description: "failure \(index)"))
      try await waitUntil(stage) { await $0.getSchedulerMetrics().pendingTasks == 1 }
      stage.clock.advance(by: .seconds(delay) - .milliseconds(1))
      #expect(stage.performer.begun.count == index + 1)
      stage.clock.advance(by: .milliseconds(1))
      await stage.performer.waitForAttempts(index + 2)
    }
    #expect(stage.performer.begun.map(\.task.retryCount) == [0, 1, 2, 3])
    stage.performer.end(task.id, throwing: StagedPerformer.Failure(description: "the end"))
    let error = SchedulerError.taskFailed(taskID: task.id, reason: "the end")
    #expect(try await stage.scheduler.finalStatus(of: task.id) == .failed(ErrorRecord(error)))
    #expect(await stage.scheduler.getSchedulerMetrics().retriedAttempts == 3)
    try await stage.scheduler.shutdown()
  }

  @Test("does not repeat what says that it cannot succeed")
  func notRetryable() async throws {
    let stage = try await SchedulerStage()
    let task = stage.task()
    try await stage.begin(task)
    let error = SchedulerError.agentUnavailable(agentID: task.agentID, reason: "it is gone")
    stage.performer.end(task.id, throwing: error)
    #expect(try await stage.scheduler.finalStatus(of: task.id) == .failed(ErrorRecord(error)))
    try await stage.scheduler.shutdown()
  }

  @Test("cancels a task that waits, is repeated or runs, and refuses one that has ended")
  func cancellation() async throws {
    let stage = try await SchedulerStage(SchedulerConfig(maxConcurrentTasks: 1))
    let (running, ready, delayed) = (stage.task(), stage.task(), stage.task(after: 50))
    try await stage.begin(running)
    try await stage.scheduler.scheduleTasks([ready, delayed])
    try await stage.scheduler.cancelTask(ready.id)
    try await stage.scheduler.cancelTask(delayed.id)
    try await stage.scheduler.cancelTask(running.id)
    #expect(stage.performer.cancelled == [running.id])
    for task in [running, ready, delayed] {
      #expect(try await stage.scheduler.getTaskStatus(task.id) == .cancelled)
      await #expect(throws: SchedulerError.taskFinished(taskID: task.id, status: "Cancelled")) {
        try await stage.scheduler.cancelTask(task.id)
      }
    }
    let retried = stage.task()
    try await stage.begin(retried)
    stage.performer.end(retried.id, throwing: StagedPerformer.Failure(description: "once"))
    try await waitUntil(stage) { await $0.getSchedulerMetrics().pendingTasks == 1 }
    try await stage.scheduler.cancelTask(retried.id)
    #expect(stage.performer.begun.count == 2)
    let unknown = TaskID()
    await #expect(throws: SchedulerError.taskNotFound(taskID: unknown)) {
      try await stage.scheduler.cancelTask(unknown)
    }
    try await stage.scheduler.shutdown()
  }

  @Test("keeps the result of work that ends well while it is cancelled")
  func cancelledTooLate() async throws {
    let stage = try await SchedulerStage(performer: StagedPerformer(stopsWhenCancelled: false))
    let task = stage.task()
    try await stage.begin(task)
    let cancelling = Task { try await stage.scheduler.cancelTask(task.id) }
    try await waitUntil(stage) { _ in stage.performer.cancelled == [task.id] }
    stage.performer.end(task.id, result: [9])
    await #expect(throws: SchedulerError.taskFinished(taskID: task.id, status: "Completed")) {
      try await cancelling.value
    }
    #expect(try await stage.scheduler.getTaskStatus(task.id) == .completed(result: [9]))
    try await stage.scheduler.shutdown()
  }

  @Test("refuses what is too much, twice there or out of bounds, each with its own error")
  func refusals() async throws {
    let stage = try await SchedulerStage(SchedulerConfig(maxConcurrentTasks: 1, taskQueueSize: 2))
    let running = stage.task()
    try await stage.begin(running)
    let waiting = [stage.task(), stage.task(after: 9)]
    try await stage.scheduler.scheduleTasks(waiting)
    await #expect(throws: SchedulerError.queueFull(maxSize: 2)) { try await stage.scheduler.scheduleTask(stage.task()) }
    for task in [running] + waiting {
      await #expect(throws: SchedulerError.taskAlreadyExists(taskID: task.id)) {
        try await stage.scheduler.scheduleTask(task)
      }
    }
    let invalid = stage.task(timeout: .zero)
    let error = await #expect(throws: SchedulerError.self) { try await stage.scheduler.scheduleTask(invalid) }
    #expect(error?.code == "TASK_INVALID")
    #expect(await stage.scheduler.getSchedulerMetrics().rejectedTasks == 1)
    stage.performer.end(running.id)
    _ = try await stage.scheduler.finalStatus(of: running.id)
    await #expect(throws: SchedulerError.taskAlreadyExists(taskID: running.id)) {
      try await stage.scheduler.scheduleTask(running)
    }
    await stage.performer.waitForAttempts(2)
    stage.performer.end(waiting[0].id)
    try await stage.scheduler.shutdown()
    await #expect(throws: SchedulerError.shuttingDown) { try await stage.scheduler.scheduleTask(stage.task()) }
  }

  @Test("admits no more tasks of an agent at once than it may have")
  func perAgent() async throws {
    let stage = try await SchedulerStage(options: SchedulerOptions(tasksPerAgent: 2))
    let mine = (0..<4).map { _ in stage.task() }
    let others = (0..<2).map { _ in stage.task(agent: SchedulerStage.other) }
    try await stage.scheduler.scheduleTasks(mine + others)
    await stage.performer.waitForAttempts(4)
    #expect(stage.performer.begun.filter { $0.task.agentID == SchedulerStage.agent }.count == 2)
    #expect(await stage.scheduler.listPendingTasks().map(\.id) == [mine[2].id, mine[3].id])
    stage.performer.end(mine[0].id)
    await stage.performer.waitForAttempts(5)
    for task in mine[1...2] + others { stage.performer.end(task.id) }
    await stage.performer.waitForAttempts(6)
    stage.performer.end(mine[3].id)
    try await stage.scheduler.shutdown()
  }

  @Test("gives the places of tasks whose agent is held to others, and takes them again when it is let go")
  func held() async throws {
    let stage = try await SchedulerStage(SchedulerConfig(maxConcurrentTasks: 1))
    let (mine, other, last) = (stage.task(), stage.task(agent: SchedulerStage.other), stage.task(agent: AgentID()))
    try await stage.begin(mine)
    try await stage.scheduler.scheduleTask(other)
    #expect(await stage.scheduler.listPendingTasks().map(\.id) == [other.id])
    stage.scheduler.setHeld(SchedulerStage.agent, true)
    await stage.performer.waitForAttempts(2)
    #expect(await stage.scheduler.workerStatuses().reduce(0) { $0 + $1.running } == 1)
    #expect(await stage.scheduler.getSchedulerMetrics().runningTasks == 2)
    try await stage.scheduler.scheduleTask(last)
    stage.scheduler.setHeld(SchedulerStage.agent, false)
    stage.performer.end(other.id)
    _ = try await stage.scheduler.finalStatus(of: other.id)
    // The first has its place again, so that none is free.
    #expect(await stage.scheduler.listPendingTasks().map(\.id) == [last.id])
    stage.performer.end(mine.id)
    await stage.performer.waitForAttempts(3)
    // One that ends while its agent is held had no place to give back.
    stage.scheduler.setHeld(last.agentID, true)
    stage.performer.end(last.id)
    _ = try await stage.scheduler.finalStatus(of: last.id)
    #expect(await stage.scheduler.workerStatuses().allSatisfy { $0.running == 0 })
    try await stage.scheduler.shutdown()
  }

  @Test("counts no time of a task while its agent is held, whether it ends meanwhile or later")
  func heldTime() async throws {
    for endsHeld in [true, false] {
      let stage = try await SchedulerStage()
      let task = stage.task()
      try await stage.begin(task)
      stage.clock.advance(by: .seconds(3))
      stage.scheduler.setHeld(task.agentID, true)
      stage.clock.advance(by: .seconds(600))
      if !endsHeld { stage.scheduler.setHeld(task.agentID, false) }
      stage.performer.end(task.id)
      #expect(try await stage.scheduler.finalStatus(of: task.id) == .completed(result: []))
      #expect(await stage.scheduler.getSchedulerMetrics().meanRunTime == .seconds(3))
      try await stage.scheduler.shutdown()
    }
  }

  @Test("admits nothing while it is paused, still takes tasks, and stays paused after a restart")
  func pause() async throws {
    let stage = try await SchedulerStage()
    try await stage.scheduler.pauseScheduling()
    let task = stage.task()
    try await stage.scheduler.scheduleTask(task)
    #expect(try await stage.scheduler.getTaskStatus(task.id) == .pending)
    #expect(await stage.scheduler.getSchedulerMetrics().isPaused)
    try await stage.scheduler.shutdown()
    let next = try await SchedulerStage(store: stage.store)
    #expect(await next.scheduler.getSchedulerMetrics().isPaused)
    #expect(next.performer.begun.isEmpty)
    try await next.scheduler.resumeScheduling()
    await next.performer.waitForAttempts(1)
    next.performer.end(task.id)
    #expect(try await next.scheduler.finalStatus(of: task.id) == .completed(result: []))
    try await next.scheduler.shutdown()
  }

  @Test("returns from its shutdown when nothing runs")
  func shutdown() async throws {
    let stage = try await SchedulerStage()
    let task = stage.task()
    try await stage.begin(task)
    let scheduler = stage.scheduler
    async let stopping: Void = scheduler.shutdown()
    try await waitUntil(stage) { scheduler in
      do throws(SchedulerError) { try await scheduler.scheduleTask(stage.task(after: 1)) } catch {
        return error == .shuttingDown
      }
      return false
    }
    #expect(try await scheduler.getTaskStatus(task.id) == .running)
    stage.performer.end(task.id)
    try await stopping
    #expect(try await scheduler.getTaskStatus(task.id) == .completed(result: []))
  }

  @Test("gives the tasks of an agent to another: those that wait at once, one that runs when it is tried again")
  func reassignment() async throws {
    let stage = try await SchedulerStage(SchedulerConfig(maxConcurrentTasks: 1))
    let (running, ready, later) = (stage.task(), stage.task(), stage.task(after: 30))
    let foreign = stage.task(after: 30, agent: AgentID())
    try await stage.begin(running)
    try await stage.scheduler.scheduleTasks([ready, later, foreign])
    try await stage.scheduler.reassignTasks(from: SchedulerStage.agent, to: SchedulerStage.other)
    #expect(await stage.scheduler.listRunningTasks().map(\.task.agentID) == [SchedulerStage.agent])
    let agents = await stage.scheduler.listPendingTasks().map(\.agentID)
    #expect(agents == [SchedulerStage.other, SchedulerStage.other, foreign.agentID])
    stage.performer.end(running.id, throwing: SchedulerError.taskFailed(taskID: running.id, reason: "test"))
    await stage.performer.waitForAttempts(2)
    #expect(stage.performer.begun[1].task.agentID == SchedulerStage.other)
    stage.performer.end(ready.id)
    stage.clock.advance(by: .seconds(20))
    await stage.performer.waitForAttempts(3)
    #expect(stage.performer.begun[2].task.id == running.id)
    #expect(stage.performer.begun[2].task.agentID == SchedulerStage.other)
    stage.performer.end(running.id)
    for task in [later, foreign] { try await stage.scheduler.cancelTask(task.id) }
    try await stage.scheduler.shutdown()
  }
}

/// Gives way until a condition holds that follows from what was done already.
func waitUntil(_ stage: SchedulerStage, _ condition: (DefaultScheduler) async throws -> Bool) async throws {
  while try await !condition(stage.scheduler) { await Task.yield() }
}
