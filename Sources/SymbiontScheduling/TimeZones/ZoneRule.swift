import SymbiontCore

/// When an offset of a POSIX rule begins: a day of the year and a time of that day.
struct ZoneRule: Sendable, Hashable {
  enum Day: Sendable, Hashable {
    /// `Mm.w.d`: the `w`th day of the week `d` in a month; the 5th is the last.
    case ofMonth(month: Int, week: Int, weekday: Int)
    /// `Jn`: from 1 to 365, the leap day never counted.
    case withoutLeapDay(Int)
    /// `n`: from 0 to 365, the leap day counted.
    case withLeapDay(Int)
  }

  var day: Day
  /// Seconds after midnight, possibly negative or beyond the day.
  var time: Int

  /// The day in a year, in days since 1970-01-01.
  func daysSinceEpoch(year: Int) -> Int? {
    guard let newYear = CivilDate(year: year, month: 1, day: 1)?.daysSinceEpoch else { return nil }
    switch day {
    case .withLeapDay(let number): return newYear + number
    case .withoutLeapDay(let number):
      return newYear + number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
    case .ofMonth(let month, let week, let weekday):
      guard let first = CivilDate(year: year, month: month, day: 1)?.daysSinceEpoch else { return nil }
      let offset = (weekday - Weekday.ofDay(first) + 7) % 7
      let day = offset + (week - 1) * 7
      let length = CivilDate.length(ofMonth: month, year: year)
      return first + (day >= length ? day - 7 : day)
    }
  }

  /// The local time at which the rule holds, in seconds as if it were UTC.
  func localSeconds(year: Int) -> Int64? {
    daysSinceEpoch(year: year).map { Int64($0) * 86_400 + Int64(time) }
  }
}

/// Days of the week, from 0 for Sunday.
enum Weekday {
  /// The 1st of January 1970 was a Thursday.
  static func ofDay(_ daysSinceEpoch: Int) -> Int {
    let day = (daysSinceEpoch + 4) % 7
    return day < 0 ? day + 7 : day
  }
}
