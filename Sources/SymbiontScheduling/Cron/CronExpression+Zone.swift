package import SymbiontCore

extension CronExpression {
  /// A change of the clock by this much or more is a correction, not daylight-saving time (cron(8)).
  package static let correctionSeconds = 3 * 3_600

  /// The first time after the given one, in a zone; nil when there is none.
  ///
  /// Where the clocks of the zone change by less than three hours, cron(8) is followed. Of an expression that names times
  /// of the day, a time that is skipped comes due at once when the clock goes forward, and one that comes twice comes due
  /// the first time only. An expression that names an interval goes on with the elapsed time. After a greater change the
  /// new time simply counts.
  package func next(after moment: Timestamp, in zone: Zone) -> Timestamp? {
    // Whole seconds from here on; a time with a fraction lies between two.
    var seconds = moment.microsecondsSinceEpoch.quotientFloor(1_000_000) + 1
    let end = Timestamp.latest.microsecondsSinceEpoch / 1_000_000
    while seconds <= end {
      let period = zone.period(at: seconds)
      let before = zone.offset(before: period)
      var local = seconds + Int64(period.offset)
      let step = period.offset - before
      if let start = period.start, namesTimes, step != 0, abs(step) < Self.correctionSeconds {
        let last = start + Int64(before)
        if step < 0 {
          // What the clock showed before it was set back is not shown again.
          local = max(local, last)
        } else if seconds == start {
          // What the clock skipped comes due now.
          local = last
        }
      }
      guard let found = first(from: local) else { return nil }
      let due = max(found - Int64(period.offset), seconds)
      if let end = period.end, due >= end {
        seconds = end
        continue
      }
      return Timestamp(microsecondsSinceEpoch: due * 1_000_000)
    }
    return nil
  }
}

extension Int64 {
  /// The quotient towards minus infinity; the divisor is positive.
  func quotientFloor(_ divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
