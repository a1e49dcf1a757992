package import SymbiontCore

/// The times of a schedule, resolved: its expression is read and its zone is at hand.
package enum SchedulePlan: Sendable, Hashable {
  case interval(Int64)
  case cron(CronExpression, Zone)
  case once(Timestamp)

  /// Resolves a trigger; throws ``SchedulerError/scheduleInvalid(expression:reason:)`` with what is wrong.
  package init(_ trigger: ScheduleTrigger, zones: ZoneDatabase) throws(SchedulerError) {
    switch trigger {
    case .interval(let interval):
      guard TaskSchedule.Bounds.interval.contains(interval) else {
        throw .scheduleInvalid(expression: "\(interval)", reason: "an interval lasts from a second to a year")
      }
      self = .interval(interval.microseconds)
    case .cron(let text, let name):
      let expression = try CronExpression(text)
      guard let zone = zones.zone(name) else {
        throw .scheduleInvalid(expression: name, reason: "the system's tzdata has no such time zone")
      }
      self = .cron(expression, zone)
    case .once(let time): self = .once(time)
    }
  }

  /// The first time after the given one; nil when there is none.
  package func next(after time: Timestamp) -> Timestamp? {
    switch self {
    case .interval(let interval): time + .microseconds(interval)
    case .cron(let expression, let zone): expression.next(after: time, in: zone)
    case .once(let only): only > time ? only : nil
    }
  }

  /// The last times after one moment and up to another, oldest first, and the first of all of them.
  ///
  /// However many there are, the work is bounded by the limit.
  package func times(after base: Timestamp, through now: Timestamp, limit: Int) -> (last: [Timestamp], isCut: Bool) {
    switch self {
    case .interval(let interval):
      let count = max(0, (now - base).microseconds / interval)
      let first = max(1, count - Int64(limit) + 1)
      guard count > 0 else { return ([], false) }
      return ((first...count).map { base + .microseconds($0 * interval) }, first > 1)
    case .once: return (next(after: base).map { $0 <= now ? [$0] : [] } ?? [], false)
    case .cron:
      var window: Int64 = Int64(limit)
      while true {
        let start = max(base, now - .seconds(window))
        let found = all(after: start, through: now)
        if found.count >= limit || start == base {
          return (Array(found.suffix(limit)), start > base || found.count > limit)
        }
        window *= 4
      }
    }
  }

  /// Whether the clock was set back so far behind a time that was dealt with that times begin anew from now.
  ///
  /// An interval is elapsed time, so none longer than itself may pass; for others a step of three hours or more is a
  /// correction (cron(8)), and after a smaller one no time comes due twice.
  package func restarts(base: Timestamp, now: Timestamp) -> Bool {
    switch self {
    case .interval: base > now
    case .cron: base - now >= .seconds(CronExpression.correctionSeconds)
    case .once: false
    }
  }

  private func all(after start: Timestamp, through now: Timestamp) -> [Timestamp] {
    var found: [Timestamp] = []
    var time = start
    while let next = next(after: time), next <= now {
      found.append(next)
      time = next
    }
    return found
  }
}
