/// A day of the proleptic Gregorian calendar.
package struct CivilDate: Sendable, Hashable {
  /// The years that a date can have.
  package static let years = 1...9_999

  /// The year, in ``years``.
  package let year: Int
  /// The month, from 1 to 12.
  package let month: Int
  /// The day of the month, from 1.
  package let day: Int

  /// Makes a date; nil when the calendar has no such day.
  package init?(year: Int, month: Int, day: Int) {
    guard Self.years.contains(year), (1...12).contains(month),
      (1...Self.length(ofMonth: month, year: year)).contains(day)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Whether the year has a 29th of February.
  package static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }

  /// The number of days of a month from 1 to 12.
  package static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

// Days are counted in years that begin on the 1st of March: then the leap day is the last day of its year, and the
// months before it have the regular lengths that `153 * month / 5` gives.
extension CivilDate {
  private static let daysPerYear = 365
  private static let daysPer4Years = 1_461
  private static let daysPer100Years = 36_524
  private static let daysPer400Years = 146_097
  /// From the 1st of March of the year 0 to the 1st of January 1970.
  private static let daysBeforeEpoch = 719_468

  /// The days since 1970-01-01; negative before.
  package var daysSinceEpoch: Int {
    let shifted = month > 2 ? year : year - 1
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let leapDays = shifted / 4 - shifted / 100 + shifted / 400
    return Self.daysPerYear * shifted + leapDays + (153 * monthFromMarch + 2) / 5 + day - 1 - Self.daysBeforeEpoch
  }

  /// Makes the date this many days after 1970-01-01; nil beyond ``years``.
  package init?(daysSinceEpoch: Int) {
    let (days, overflow) = daysSinceEpoch.addingReportingOverflow(Self.daysBeforeEpoch)
    guard !overflow, days >= 0 else { return nil }
    let (era, dayOfEra) = days.quotientAndRemainder(dividingBy: Self.daysPer400Years)
    let leapDays =
      dayOfEra / (Self.daysPer4Years - 1) - dayOfEra / Self.daysPer100Years + dayOfEra / (Self.daysPer400Years - 1)
    let yearOfEra = (dayOfEra - leapDays) / Self.daysPerYear
    let dayOfYear = dayOfEra - (Self.daysPerYear * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    self.init(
      year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
      month: month,
      day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}
