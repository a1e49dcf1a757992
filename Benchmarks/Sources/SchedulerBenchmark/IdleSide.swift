import Foundation
import Measuring
import SymbiontCore
import SymbiontScheduling
import SymbiontStore

/// What an idle scheduler costs: tasks wait for times far away, and schedules as well.
enum IdleSide {
  private static let tasks = 100_000
  private static let seconds = 10

  static func report() async throws {
    let stage = try await Stage(.memory, queue: tasks, performer: NoOperation())
    let agent = AgentID()
    let waiting = (0..<tasks).map {
      ScheduledTask(id: TaskID(), agentID: agent, scheduledTime: .now() + .seconds(3_600 + $0))
    }
    try await stage.scheduler.scheduleTasks(waiting)
    for _ in 0..<100 {
      try await stage.scheduler.addSchedule(
        TaskSchedule(id: ScheduleID(), agentID: agent, trigger: .interval(.seconds(3_600))))
    }
    // What the threads of the runtime do when their work is over is not the scheduler's.
    try await Task.sleep(for: .seconds(1))
    let time = ProcessorTime()
    let switches = contextSwitches()
    // Sleeping costs a wakeup of its own.
    try await Task.sleep(for: .seconds(seconds))
    let used = time.elapsed
    let woken = contextSwitches() - switches
    try ReportLine(
      benchmark: "scheduler-idle",
      [
        "pending_tasks": .number(Double(tasks)), "seconds": .number(Double(seconds)),
        "processor_ms": .number(used / .milliseconds(1)), "context_switches": .number(Double(woken)),
      ]
    ).report()
    try await stage.close()
  }

  private static func contextSwitches() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_nvcsw + usage.ru_nivcsw
  }
}
