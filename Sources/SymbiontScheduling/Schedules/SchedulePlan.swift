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

  /// The first time that is later than a moment, of a schedule whose times up to another one were dealt with.
  package func next(after base: Timestamp, laterThan now: Timestamp) -> Timestamp? {
    guard case .interval(let interval) = self else { return next(after: max(base, now)) }
    let passed = max(0, (now - base).microseconds / interval)
    return base + .microseconds((passed + 1) * interval)
  }

  /// The last times after one moment and up to another, at most so many, oldest first.
  ///
  /// However many there are, the work is bounded by the limit, which is at least one.
  package func times(after base: Timestamp, through now: Timestamp, limit: Int) -> [Timestamp] {
    switch self {
    case .interval(let interval):
      let count = (now - base).microseconds / interval
      guard count > 0 else { return [] }
      return (max(1, count - Int64(limit) + 1)...count).map { base + .microseconds($0 * interval) }
    case .once, .cron:
      let first = first(limit + 1, after: base, through: now)
      return first.count > limit ? last(limit, after: base, through: now) : first
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

  /// The first times after a moment and up to another, at most so many.
  private func first(_ count: Int, after start: Timestamp, through now: Timestamp) -> [Timestamp] {
    var found: [Timestamp] = []
    var time = start
    while found.count < count, let next = next(after: time), next <= now {
      found.append(next)
      time = next
    }
    return found
  }

  /// The last times of more than there may be.
  ///
  /// Looks for the longest stretch up to the end that holds no more, by its seconds: one second more holds one time more at
  /// most, and as many seconds as there may be times do not hold too many. No stretch is gone through further than the limit.
  private func last(_ limit: Int, after base: Timestamp, through now: Timestamp) -> [Timestamp] {
    func times(in seconds: Int64) -> [Timestamp] {
      first(limit + 1, after: max(base, now - .seconds(seconds)), through: now)
    }
    var most = Int64(limit)
    var tooMany = most * 4
    while times(in: tooMany).count <= limit { (most, tooMany) = (tooMany, tooMany * 4) }
    while tooMany - most > 1 {
      let middle = most + (tooMany - most) / 2
      if times(in: middle).count > limit { tooMany = middle } else { most = middle }
    }
    return times(in: most)
  }
}
