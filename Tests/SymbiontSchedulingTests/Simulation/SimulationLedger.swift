import SymbiontCore
import SymbiontScheduling
import Testing

/// What the world outside of a simulated scheduler knows, and may rely on.
struct SimulationLedger {
  /// What a call that waits for its answer asked for.
  enum Call {
    case schedule([ScheduledTask])
    case cancel(TaskID)
    case other
  }

  var calls: [CallID: Call] = [:]
  var lastRequest: UInt64 = 0
  /// Tasks whose taking was acknowledged.
  var acknowledged: [TaskID: ScheduledTask] = [:]
  /// Tasks that were asked for without an answer: each may be there or not.
  var unknown: Set<TaskID> = []
  /// Tasks of schedules, seen when their work began.
  var seen: Set<TaskID> = []
  /// Ends that someone was told.
  var ends: [TaskID: String] = [:]
  var cancelled: Set<TaskID> = []
  /// How often the work of a task was done to its end, in a life of the process that saw the end become durable.
  var completions: [TaskID: Int] = [:]
  /// Tasks that must not begin again, because they were being executed when the process died.
  var forbidden: Set<TaskID> = []

  mutating func request(_ call: Call) -> CallID {
    lastRequest += 1
    calls[CallID(lastRequest)] = call
    return CallID(lastRequest)
  }

  mutating func answered(_ id: CallID, _ answer: SchedulerAnswer, seed: String) {
    guard let call = calls.removeValue(forKey: id) else { return }
    switch (call, answer) {
    case (.schedule(let tasks), .done):
      for task in tasks { acknowledged[task.id] = task }
    case (.cancel(let id), .done):
      #expect(completions[id, default: 0] == 0, "cancelled `\(id)` was completed, \(seed)")
      cancelled.insert(id)
    default: break
    }
  }

  mutating func began(_ attempt: TaskAttempt, seed: String) {
    let id = attempt.task.id
    #expect(!forbidden.contains(id), "`\(id)` began twice, \(seed)")
    #expect(!cancelled.contains(id), "`\(id)` began after it was cancelled, \(seed)")
    #expect(ends[id] == nil, "`\(id)` began after it ended, \(seed)")
    #expect(
      acknowledged[id] != nil || unknown.contains(id) || attempt.scheduleID != nil
        || calls.values.contains { call in
          if case .schedule(let tasks) = call { tasks.contains { $0.id == id } } else { false }
        }, "`\(id)` is no one's, \(seed)")
    seen.insert(id)
  }

  /// The process dies: what was asked is unanswered, what ran is interrupted.
  mutating func died(_ work: some Sequence<SimulatedWorld.Work>) {
    for call in calls.values {
      if case .schedule(let tasks) = call { unknown.formUnion(tasks.map(\.id)) }
    }
    calls = [:]
    for work in work where work.attempt.task.interruption == .fail { forbidden.insert(work.attempt.task.id) }
  }
}
