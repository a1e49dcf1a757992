package import SymbiontCore

/// A cron expression, as crontab(5) has it, with an optional field for seconds before and for years behind.
///
/// Fields are, of 7: second, minute, hour, day of the month, month, day of the week, year; 6 have no year, 5 neither year
/// nor second. A field is a list of values, ranges, steps and names. When both day fields are restricted, that is, begin
/// with no star, a day that matches either one matches.
package struct CronExpression: Sendable, Hashable {
  /// The text that it was read from.
  package let text: String
  private let seconds: CronValues
  private let minutes: CronValues
  private let hours: CronValues
  private let days: CronValues
  private let months: CronValues
  private let weekdays: CronValues
  private let years: CronValues

  /// Reads an expression; throws ``SchedulerError/scheduleInvalid(expression:reason:)`` with what is wrong.
  package init(_ text: String) throws(SchedulerError) {
    self.text = text
    let fields: [CronField: CronValues]
    do { fields = try CronParser.fields(text) } catch {
      throw .scheduleInvalid(expression: text, reason: error.reason)
    }
    let none = CronValues(values: [], isStar: true)
    seconds = fields[.second] ?? none
    minutes = fields[.minute] ?? none
    hours = fields[.hour] ?? none
    days = fields[.day] ?? none
    months = fields[.month] ?? none
    weekdays = fields[.weekday] ?? none
    years = fields[.year] ?? none
  }

  /// Whether it names times of the day; others, which name intervals, follow the elapsed time when clocks change.
  ///
  /// As in cron(8): a star at the minute or the hour makes an interval.
  var namesTimes: Bool { !minutes.isStar && !hours.isStar }

  /// The first matching local time that is not before the given one, both in seconds as if they were UTC.
  package func first(from local: Int64) -> Int64? {
    var day = Int((local >= 0 ? local : local - 86_399) / 86_400)
    var secondOfDay = Int(local - Int64(day) * 86_400)
    while let date = CivilDate(daysSinceEpoch: day) {
      guard let year = years.first(from: date.year) else { return nil }
      if year > date.year {
        guard let start = CivilDate(year: year, month: 1, day: 1) else { return nil }
        (day, secondOfDay) = (start.daysSinceEpoch, 0)
        continue
      }
      guard months.contains(date.month) else {
        guard let next = firstDay(ofMonthAfter: date) else { return nil }
        (day, secondOfDay) = (next, 0)
        continue
      }
      if matches(date, day), let second = firstSecond(from: secondOfDay) {
        return Int64(day) * 86_400 + Int64(second)
      }
      (day, secondOfDay) = (day + 1, 0)
    }
    return nil
  }

  private func matches(_ date: CivilDate, _ day: Int) -> Bool {
    let isDay = days.contains(date.day)
    let isWeekday = weekdays.contains(Weekday.ofDay(day))
    return days.isStar || weekdays.isStar ? isDay && isWeekday : isDay || isWeekday
  }

  private func firstDay(ofMonthAfter date: CivilDate) -> Int? {
    let isLast = date.month == 12
    return CivilDate(year: isLast ? date.year + 1 : date.year, month: isLast ? 1 : date.month + 1, day: 1)?
      .daysSinceEpoch
  }

  /// The first matching second of a day that is not before the given one.
  private func firstSecond(from secondOfDay: Int) -> Int? {
    let (hour, minute, second) = (secondOfDay / 3_600, secondOfDay / 60 % 60, secondOfDay % 60)
    guard let firstMinute = minutes.values.first, let firstSecond = seconds.values.first else { return nil }
    if hours.contains(hour) {
      if minutes.contains(minute), let second = seconds.first(from: second) {
        return hour * 3_600 + minute * 60 + second
      }
      if let minute = minutes.first(from: minute + 1) { return hour * 3_600 + minute * 60 + firstSecond }
    }
    return hours.first(from: hour + 1).map { $0 * 3_600 + firstMinute * 60 + firstSecond }
  }
}
