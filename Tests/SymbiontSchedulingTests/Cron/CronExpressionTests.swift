import SymbiontCore
import SymbiontScheduling
import SymbiontTesting
import Testing

@Suite("Cron expressions")
struct CronExpressionTests {
  private static func next(_ text: String, after time: String, zone: String = "UTC", count: Int = 1) throws -> [String]
  {
    let expression = try CronExpression(text)
    let zone = try #require(ZoneDatabase().zone(zone))
    var time = try #require(Timestamp(time))
    var found: [String] = []
    while found.count < count, let next = expression.next(after: time, in: zone) {
      found.append("\(next)")
      time = next
    }
    return found
  }

  @Test(
    "name the times that crontab(5) says",
    arguments: [
      ("*/15 * * * *", "2026-01-01T00:07:00Z", ["2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z"]),
      ("0 0 1 jan *", "2026-01-01T00:00:00Z", ["2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"]),
      ("30 4 1,15 * 5", "2026-01-01T12:00:00Z", ["2026-01-02T04:30:00Z", "2026-01-09T04:30:00Z"]),
      ("0 0 */2 * mon", "2026-01-01T00:00:00Z", ["2026-01-05T00:00:00Z", "2026-01-19T00:00:00Z"]),
      ("0 12 * * 1-5", "2026-01-02T12:00:00Z", ["2026-01-05T12:00:00Z", "2026-01-06T12:00:00Z"]),
      ("0 12 * * 7", "2026-01-01T00:00:00Z", ["2026-01-04T12:00:00Z", "2026-01-11T12:00:00Z"]),
      ("0 0 29 2 *", "2026-01-01T00:00:00Z", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
      ("@weekly", "2026-01-01T00:00:00Z", ["2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"]),
      ("15 30 10 * * *", "2026-01-01T10:30:15Z", ["2026-01-02T10:30:15Z", "2026-01-03T10:30:15Z"]),
      ("*/20 * * * * *", "2026-01-01T00:00:00.500Z", ["2026-01-01T00:00:20Z", "2026-01-01T00:00:40Z"]),
      ("0 0 0 1 1 ? 2030-2031", "2026-01-01T00:00:00Z", ["2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"]),
      ("5/20 0 * * *", "2026-01-01T00:05:00Z", ["2026-01-01T00:25:00Z", "2026-01-01T00:45:00Z"]),
    ])
  func times(text: String, after: String, expected: [String]) throws {
    #expect(try Self.next(text, after: after, count: 2) == expected)
  }

  @Test("that never come due have no next time", arguments: ["0 0 31 2 *", "0 0 0 1 1 * 1999", "0 0 30 feb ?"])
  func never(text: String) throws {
    #expect(try Self.next(text, after: "2026-01-01T00:00:00Z") == [])
  }

  @Test(
    "that are wrong are refused with the part that is",
    arguments: [
      ("* * * *", "it has 4 fields instead of 5, 6 or 7"),
      ("60 * * * *", "`60` of the minute: it must be a value from 0 to 59"),
      ("* 5-3 * * *", "`5-3` of the hour: the range ends before it begins"),
      ("*/0 * * * *", "`*/0` of the minute: the step after `/` must be a number from 1"),
      ("* * * foo *", "`foo` of the month: it must be a value from 1 to 12"),
      ("* * 0 * *", "`0` of the day of the month: it must be a value from 1 to 31"),
      ("1,, * * * *", "`` of the minute: it must be a value from 0 to 59"),
      ("? * * * *", "`?` of the minute: it must be a value from 0 to 59"),
      ("* * * * 8", "`8` of the day of the week: it must be a value from 0 to 7"),
    ])
  func wrong(text: String, reason: String) {
    #expect(throws: SchedulerError.scheduleInvalid(expression: text, reason: reason)) { try CronExpression(text) }
  }

  @Test("that name a time which is skipped come due when the clock has gone forward, once")
  func skipped() throws {
    // In Berlin 02:00 became 03:00 on 2026-03-29, at 01:00 UTC.
    let expected = ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
    #expect(try Self.next("30 2 * * *", after: "2026-03-28T00:00:00Z", zone: "Europe/Berlin", count: 3) == expected)
    #expect(
      try Self.next("0,30 2,3 * * *", after: "2026-03-28T23:00:00Z", zone: "Europe/Berlin", count: 3)
        == ["2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:00:00Z"])
  }

  @Test("that name a time which comes twice come due the first time only")
  func repeated() throws {
    // In Berlin 03:00 became 02:00 on 2026-10-25, at 01:00 UTC.
    #expect(
      try Self.next("30 2 * * *", after: "2026-10-24T12:00:00Z", zone: "Europe/Berlin", count: 2)
        == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])
    // Also when the search begins within the hour that comes again.
    #expect(
      try Self.next("45 2 * * *", after: "2026-10-25T01:10:00Z", zone: "Europe/Berlin") == ["2026-10-26T01:45:00Z"])
    #expect(
      try Self.next("0 3 * * *", after: "2026-10-25T00:00:00Z", zone: "Europe/Berlin") == ["2026-10-25T02:00:00Z"])
  }

  @Test("that name an interval follow the elapsed time when clocks change")
  func intervals() throws {
    #expect(
      try Self.next("*/30 * * * *", after: "2026-10-24T23:45:00Z", zone: "Europe/Berlin", count: 6)
        == [
          "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z",
          "2026-10-25T02:00:00Z", "2026-10-25T02:30:00Z",
        ])
    #expect(
      try Self.next("30 * * * *", after: "2026-03-29T00:00:00Z", zone: "Europe/Berlin", count: 3)
        == ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"])
  }

  @Test("leave out the times of a day that a zone skipped whole: that is a correction")
  func skippedDay() throws {
    // Samoa had no 2011-12-30: at 10:00 UTC of the 30th it went from the 29th to the 31st.
    #expect(
      try Self.next("0 12 * * *", after: "2011-12-29T12:00:00Z", zone: "Pacific/Apia", count: 2)
        == ["2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z"])
    #expect(
      try Self.next("0 12 30 12 *", after: "2011-12-29T12:00:00Z", zone: "Pacific/Apia") == ["2012-12-29T22:00:00Z"])
  }

  @Test("find the same times as a look at every second of the local clock")
  func exhaustive() throws {
    let seed = SeededRandom.forTest()
    var random = seed
    let zone = try #require(ZoneDatabase().zone("America/New_York"))
    for _ in 0..<20 {
      let fields = (0..<6).map { index -> String in
        let high = [59, 59, 23, 28, 12, 6][index]
        let low = index == 3 || index == 4 ? 1 : 0
        switch Int.random(in: 0..<4, using: &random) {
        case 0, 1: return "*"
        case 2: return "*/\(Int.random(in: 1...9, using: &random))"
        default:
          let first = Int.random(in: low...high, using: &random)
          return "\(first)-\(Int.random(in: first...high, using: &random))"
        }
      }
      // A star at the minute makes it an interval, which has no exceptions.
      let text = ([fields[0], "*"] + fields[2...]).joined(separator: " ")
      let expression = try CronExpression(text)
      let start = 1_772_000_000 + Int64.random(in: 0..<2_000_000, using: &random)
      let expected = (start + 1..<start + 20_000).first { second in
        let local = second + Int64(zone.period(at: second).offset)
        return expression.first(from: local) == local
      }
      let found = expression.next(after: Timestamp(microsecondsSinceEpoch: start * 1_000_000), in: zone)
      let seconds = found.map { $0.microsecondsSinceEpoch / 1_000_000 }
      if let expected {
        #expect(seconds == expected, "`\(text)` after \(start), \(seed)")
      } else {
        #expect(seconds.map { $0 >= start + 20_000 } ?? true, "`\(text)` after \(start), \(seed)")
      }
    }
  }
}
