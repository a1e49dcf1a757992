/// A day of the proleptic Gregorian calendar.
struct CivilDate: Hashable {
  var year: Int
  var month: Int
  var day: Int

  static let monthsPerYear = 12
  private static let marchMonthsDays = 153
  private static let daysPerEra = 146_097
  private static let yearsPerEra = 400
  /// Days from 0000-03-01 to 1970-01-01.
  private static let epochShift = 719_468

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day that is this many days after 1970-01-01.
  ///
  /// Years are counted from March, so that the leap day is the last of its year; then a month's first day is a linear
  /// function of the month, and 400 years are an era of constant length.
  init(daysSinceEpoch days: Int) {
    let shifted = days + Self.epochShift
    let era = Self.floorDivide(shifted, Self.daysPerEra)
    let dayOfEra = shifted - era * Self.daysPerEra
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / Self.marchMonthsDays
    day = dayOfYear - (Self.marchMonthsDays * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * Self.yearsPerEra + (month <= 2 ? 1 : 0)
  }

  /// How many days the day is after 1970-01-01.
  var daysSinceEpoch: Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = Self.floorDivide(marchYear, Self.yearsPerEra)
    let yearOfEra = marchYear - era * Self.yearsPerEra
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (Self.marchMonthsDays * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * Self.daysPerEra + dayOfEra - Self.epochShift
  }

  /// Whether the month and the day exist.
  var isValid: Bool {
    (1...Self.monthsPerYear).contains(month) && day >= 1 && day <= Self.dayCount(month: month, year: year)
  }

  /// 0 is Sunday.
  var weekday: Int {
    // 1970-01-01 was a Thursday.
    let shifted = daysSinceEpoch + 4
    return shifted - Self.floorDivide(shifted, 7) * 7
  }

  static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: yearsPerEra))
  }

  static func dayCount(month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
    dividend / divisor - (dividend % divisor < 0 ? 1 : 0)
  }
}
