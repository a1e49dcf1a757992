import Foundation
package import SymbiontCore
package import SymbiontStore

/// A schedule as the scheduler holds it.
package struct ScheduleEntry: Sendable {
  package let schedule: TaskSchedule
  package let plan: SchedulePlan
  let definition: [UInt8]
  package var state: ScheduleStatus.State
  /// Times after this one have not been dealt with yet.
  package var base: Timestamp
  /// A time that waits for an earlier task to end.
  package var held: Timestamp?
  package var active: [TaskID] = []
  package var runs: [ScheduleRun] = []
  package var lastOrdinal: Int64 = 0
  /// Whether its record is durable.
  var isConfirmed = false
  var isRemoving = false
  /// Whether times that were dealt with wait to be durable.
  var isFiring = false

  /// Checks the schedule and resolves its plan.
  package init(_ schedule: TaskSchedule, zones: ZoneDatabase, base: Timestamp) throws(SchedulerError) {
    plan = try SchedulePlan(schedule.trigger, zones: zones)
    self.schedule = schedule
    self.base = base
    state = .active
    guard TaskSchedule.Bounds.jitter.contains(schedule.jitter) else {
      throw .scheduleInvalid(expression: "\(schedule.jitter)", reason: "a jitter lasts up to a day")
    }
    do {
      try schedule.task(TaskID(value: UniqueValue(high: 0, low: 0)), at: base).validate()
      definition = [UInt8](try JSONEncoder().encode(schedule))
    } catch let error as ConfigurationError {
      throw .scheduleInvalid(expression: "\(schedule.id)", reason: error.message)
    } catch {
      throw .scheduleInvalid(expression: "\(schedule.id)", reason: "it has no JSON form: \(error)")
    }
  }

  /// Reads a schedule back.
  package init(_ row: ScheduleRow, zones: ZoneDatabase) throws(SchedulerError) {
    let schedule: TaskSchedule
    do { schedule = try JSONDecoder().decode(TaskSchedule.self, from: Data(row.definition)) } catch {
      throw .storeFailed(reason: "schedule `\(row.id)` cannot be read: \(error)")
    }
    try self.init(schedule, zones: zones, base: row.baseAt)
    guard let state = ScheduleStatus.State(rawValue: row.state) else {
      throw .storeFailed(reason: "schedule `\(row.id)` has the unknown state `\(row.state)`")
    }
    self.state = state
    held = row.heldAt
    isConfirmed = true
  }

  var row: ScheduleRow {
    ScheduleRow(id: schedule.id, definition: definition, state: state.rawValue, baseAt: base, heldAt: held)
  }

  /// When it comes due next.
  package var next: Timestamp? { state == .active ? plan.next(after: base) : nil }

  /// What one of its tasks is called, and how much later than its time it is due: the same for the same run.
  func draw(nominal: Timestamp, ordinal: Int64) -> (id: TaskID, delay: Duration) {
    let value = schedule.id.value
    var mixer = MixedRandom(seed: value.high ^ UInt64(bitPattern: ordinal))
    let first: UInt64 = mixer.next()
    var random = MixedRandom(seed: first ^ value.low ^ UInt64(bitPattern: nominal.microsecondsSinceEpoch))
    let id = TaskID(timestamp: nominal, using: &random)
    return (id, .microseconds(Int64.random(in: 0...schedule.jitter.microseconds, using: &random)))
  }
}

extension TaskSchedule {
  /// The task of one time.
  func task(_ id: TaskID, at time: Timestamp) -> ScheduledTask {
    ScheduledTask(
      id: id, agentID: agentID, priority: priority, scheduledTime: time, timeout: timeout, input: input,
      interruption: interruption)
  }
}
