/// Reads the fields of a cron expression.
struct CronParser {
  /// What is wrong with a field, and with which.
  struct Failure: Error {
    let reason: String
  }

  private static let longest = 1_024

  /// The short forms of crontab(5).
  private static let shorthands = [
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
  ]

  /// The values of all fields; a missing second is 0, a missing year is any.
  static func fields(_ text: String) throws(Failure) -> [CronField: CronValues] {
    guard text.utf8.count <= longest else { throw Failure(reason: "it is longer than \(longest) bytes") }
    let parts = (shorthands[text.lowercased()] ?? text).split(whereSeparator: \.isWhitespace)
    let names: [CronField]
    switch parts.count {
    case 5: names = [.minute, .hour, .day, .month, .weekday]
    case 6: names = [.second, .minute, .hour, .day, .month, .weekday]
    case 7: names = [.second, .minute, .hour, .day, .month, .weekday, .year]
    default: throw Failure(reason: "it has \(parts.count) fields instead of 5, 6 or 7")
    }
    var fields: [CronField: CronValues] = [:]
    for (field, part) in zip(names, parts) { fields[field] = try values(String(part), of: field) }
    if fields[.second] == nil { fields[.second] = CronValues(values: [0], isStar: false) }
    if fields[.year] == nil { fields[.year] = CronValues(values: Array(CronField.year.range), isStar: true) }
    return fields
  }

  private static func values(_ text: String, of field: CronField) throws(Failure) -> CronValues {
    var matching: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let (range, step) = try stepped(String(part), of: field)
      matching.formUnion(stride(from: range.lowerBound, through: range.upperBound, by: step))
    }
    if field == .weekday, matching.remove(7) != nil { matching.insert(0) }
    return CronValues(values: matching.sorted(), isStar: text.hasPrefix("*") || text == "?")
  }

  /// `*`, a value or a range, with or without a step.
  private static func stepped(_ text: String, of field: CronField) throws(Failure) -> (ClosedRange<Int>, Int) {
    let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let base = String(halves[0])
    var step = 1
    if halves.count == 2 {
      guard let number = number(String(halves[1])), number > 0 else {
        throw failure(text, field, "the step after `/` must be a number from 1")
      }
      step = number
    }
    let isAny = base == "*" || base == "?" && (field == .day || field == .weekday) && halves.count == 1
    if isAny { return (field == .weekday ? 0...6 : field.range, step) }
    let ends = base.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let first = try value(String(ends[0]), of: field)
    guard ends.count == 2 else {
      // `5/15` means from 5 on, as in most crons.
      return (
        halves.count == 2 ? first...max(first, field == .weekday ? 6 : field.range.upperBound) : first...first, step
      )
    }
    let last = try value(String(ends[1]), of: field)
    guard first <= last else { throw failure(text, field, "the range ends before it begins") }
    return (first...last, step)
  }

  private static func value(_ text: String, of field: CronField) throws(Failure) -> Int {
    if let index = field.names.firstIndex(of: text.lowercased()) { return field.range.lowerBound + index }
    guard let number = number(text), field.range.contains(number) else {
      throw failure(
        text, field, "it must be a value from \(field.range.lowerBound) to \(field.range.upperBound)")
    }
    return number
  }

  private static func number(_ text: String) -> Int? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  private static func failure(_ text: String, _ field: CronField, _ reason: String) -> Failure {
    Failure(reason: "`\(text)` of the \(field.rawValue): \(reason)")
  }
}
