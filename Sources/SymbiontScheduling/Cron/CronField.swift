/// One field of a cron expression.
enum CronField: String, CaseIterable {
  case second, minute, hour
  case day = "day of the month"
  case month
  case weekday = "day of the week"
  case year

  /// The values that the field can have.
  var range: ClosedRange<Int> {
    switch self {
    case .second, .minute: 0...59
    case .hour: 0...23
    case .day: 1...31
    case .month: 1...12
    // Both 0 and 7 are Sunday.
    case .weekday: 0...7
    case .year: 1_970...2_199
    }
  }

  /// The names that stand for values, from the lowest.
  var names: [String] {
    switch self {
    case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    case .weekday: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    default: []
    }
  }
}

/// The values of a field that match.
struct CronValues: Sendable, Hashable {
  /// In ascending order, at least one.
  var values: [Int]
  /// Whether the field begins with a star, which cron treats in its own way.
  var isStar: Bool

  /// The first value that is not below the given one.
  func first(from minimum: Int) -> Int? {
    var low = 0
    var high = values.count
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < minimum { low = middle + 1 } else { high = middle }
    }
    return low < values.count ? values[low] : nil
  }

  func contains(_ value: Int) -> Bool { first(from: value) == value }
}
