import Foundation
import Measuring
import SymbiontCore
import SymbiontScheduling

/// The cost of an operation of the scheduler's state by the length of its queue, without a store: processor time, which
/// other programs on the machine do not change.
enum CurveSide {
  private static let lengths = [1_000, 10_000, 100_000, 1_000_000]
  private static let samples = 20_000
  private static let agents = 100

  private struct Lane: TaskWorker {
    var name = "lane"
    var capacity = 1_000_000

    func perform(_ attempt: TaskAttempt) async throws -> [UInt8] { [] }
  }

  static func report() throws {
    for length in lengths { try report(length) }
  }

  private static func report(_ length: Int) throws {
    var random = SystemRandomNumberGenerator()
    let now = Moment(civil: .now(), elapsed: 0)
    var state = SchedulerState(
      configuration: SchedulerConfig(maxConcurrentTasks: 1, taskQueueSize: 10_000_000),
      options: SchedulerOptions(tasksPerAgent: 1), workers: [Lane()], seed: 1, now: now)
    func task(_ number: Int) -> ScheduledTask {
      ScheduledTask(
        id: TaskID(timestamp: now.civil, using: &random),
        agentID: AgentID(value: UniqueValue(high: 1, low: UInt64(number % agents))),
        priority: Priority.allCases[number / agents % 4],
        // Half of them wait for their time.
        scheduledTime: now.civil
          + (number.isMultiple(of: 2) ? .zero : .seconds(Int64.random(in: 1...100_000, using: &random))))
    }
    let filling = (0..<length).map(task)
    var number: UInt64 = 0
    func commit(_ state: inout SchedulerState) -> [SchedulerAction] {
      var actions: [SchedulerAction] = []
      while true {
        let batch = state.takeBatch()
        if batch.isEmpty { break }
        state.committed(batch, now: now)
        actions += state.takeActions()
      }
      return actions + state.takeActions()
    }
    state.schedule(filling, request: CallID(0), now: now)
    var running = commit(&state)
    let more = (0..<samples).map { task($0 * 2) }
    let scheduling = processorTime {
      for task in more {
        number += 1
        state.schedule([task], request: CallID(number), now: now)
        running += commit(&state)
      }
    }
    let reordering = processorTime {
      for task in more.prefix(samples / 2) {
        state.updatePriority(task.id, .critical, request: CallID(0), now: now)
        running += commit(&state)
      }
    }
    let cancelling = processorTime {
      for task in more {
        state.cancel(task.id, request: CallID(0), now: now)
        running += commit(&state)
      }
    }
    var carriedOut = 0
    let carrying = processorTime {
      while carriedOut < samples / 10 {
        let attempts = running.compactMap { action -> (UInt32, ExecutionID)? in
          guard case .perform(let slot, _, let attempt) = action else { return nil }
          return (slot, attempt.executionID)
        }
        running = []
        if attempts.isEmpty { break }
        for (slot, id) in attempts {
          carriedOut += 1
          state.attemptEnded(slot, executionID: id, .completed([]), now: now)
          running += commit(&state)
        }
      }
    }
    func microseconds(_ duration: Duration, _ count: Int) -> ReportLine.Field {
      .number(duration / .microseconds(1) / Double(max(1, count)))
    }
    try ReportLine(
      benchmark: "scheduler-curve",
      [
        "queued": .number(Double(length)), "schedule_us": microseconds(scheduling, samples),
        "priority_us": microseconds(reordering, samples / 2), "cancel_us": microseconds(cancelling, samples),
        "admit_and_end_us": microseconds(carrying, carriedOut),
      ]
    ).report()
  }

  private static func processorTime(_ work: () -> Void) -> Duration {
    let time = ProcessorTime()
    work()
    return time.elapsed
  }
}
