import Testing

@testable import SymbiontLanguage

@Suite("times as text")
struct TimeTextTests {
  @Test(
    "text that is not a time is refused",
    arguments: [
      "", "2026", "2026-11", "2026-11-2", "26-11-22", "2026/11/22", "2026-11-22T", "2026-11-22T10:00",
      "2026-11-22T10:00:00",
      "2026-11-22T10:00:00.Z", "2026-11-22T10:00:00+0100", "2026-11-22T10:00:00Zx", " 2026-11-22",
      "2026-11-22T10:00:00+1:00",
      "+2026-11-22", "２026-11-22", "2026-11-22T1:00:00Z",
    ])
  func malformed(text: String) {
    #expect(throws: TimeTextError.malformedTime(text)) { try TimeText.parse(text) }
  }

  @Test(
    "a time that does not exist is refused",
    arguments: [
      "2026-02-29", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00", "1900-02-29", "0000-01-01",
      "2026-11-22T24:00:00Z", "2026-11-22T10:60:00Z", "2026-11-22T10:00:61Z", "2026-11-22T10:00:60Z",
      "2026-11-22T10:00:00+24:00", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
  func nonexistent(text: String) {
    #expect(throws: TimeTextError.noSuchTime(text)) { try TimeText.parse(text) }
  }

  @Test(
    "times of RFC 3339 and days are read",
    arguments: [
      ("1970-01-01", 0), ("1970-01-01T00:00:00Z", 0), ("2000-02-29", 951_782_400),
      ("2026-11-22T16:30:00Z", 1_795_365_000),
      ("2026-11-22t16:30:00z", 1_795_365_000), ("2026-11-22 17:30:00+01:00", 1_795_365_000),
      ("2026-11-22T16:30:00-00:00", 1_795_365_000), ("1969-12-31T23:59:59.5Z", -0.5),
      ("1985-04-12T23:20:50.52Z", 482_196_050.52), ("1990-12-31T23:59:60Z", 662_688_000),
      ("1990-12-31T15:59:60-08:00", 662_688_000), ("0001-01-01T00:00:00Z", -62_135_596_800),
      ("9999-12-31T23:59:59Z", 253_402_300_799), ("2026-11-22T16:30:00.123456789123Z", 1_795_365_000.123456789),
    ] as [(String, Double)])
  func reads(text: String, seconds: Double) throws {
    #expect(try TimeText.parse(text) == seconds)
  }

  @Test(
    "a pattern lays a time out",
    arguments: [
      (TimeText.rfc3339Pattern, "2026-11-02T06:03:09.045Z"), ("y-M-d H:m:s", "2026-11-2 6:3:9"),
      ("EEE, d MMM yy", "Mon, 2 Nov 26"), ("EEEE d MMMM", "Monday 2 November"), ("hh:mm a", "06:03 AM"),
      ("S SSSSSS", "0 045678"), ("''yyyy'' 'o''clock T'", "'2026' o'clock T"), ("yyyyMMdd'é'Z", "20261102é+0000"),
      ("X", "Z"), ("", ""),
    ])
  func formats(pattern: String, expected: String) throws {
    let seconds = try TimeText.parse("2026-11-02T06:03:09.045678Z")
    #expect(try TimeText.format(secondsSinceEpoch: seconds, pattern: pattern) == expected)
  }

  @Test("noon and midnight are twelve in half days")
  func halfDays() throws {
    #expect(try TimeText.format(secondsSinceEpoch: 0, pattern: "h a") == "12 AM")
    #expect(try TimeText.format(secondsSinceEpoch: 43_200, pattern: "h a") == "12 PM")
    #expect(try TimeText.format(secondsSinceEpoch: 46_800, pattern: "h a") == "1 PM")
  }

  @Test("unknown fields, open quotes, long patterns and far times are refused")
  func refusals() {
    func format(_ seconds: Double, _ pattern: String) throws(TimeTextError) {
      _ = try TimeText.format(secondsSinceEpoch: seconds, pattern: pattern)
    }
    #expect(throws: TimeTextError.unknownField("Q", offset: 5)) { try format(0, "yyyy-Q") }
    #expect(throws: TimeTextError.unknownField("yyyyy", offset: 0)) { try format(0, "yyyyy") }
    #expect(throws: TimeTextError.unbalancedQuote(offset: 1)) { try format(0, "d'at") }
    #expect(throws: TimeTextError.patternTooLong(byteCount: 2000)) {
      try format(0, String(repeating: "d", count: 2000))
    }
    for seconds in [Double.nan, .infinity, -.infinity, 253_402_300_800, -62_135_596_801, 253_402_300_799.99999, 1e300] {
      #expect(throws: TimeTextError.self) { try format(seconds, "yyyy") }
    }
  }

  @Test("each day follows the one before it, through all leap years of four centuries")
  func calendar() {
    var expected = CivilDate(year: 1799, month: 12, day: 31)
    let first = expected.daysSinceEpoch
    for days in first..<(first + 150_000) {
      let date = CivilDate(daysSinceEpoch: days)
      guard date == expected, date.daysSinceEpoch == days, date.isValid else {
        Issue.record("\(days): \(date) is not \(expected)")
        return
      }
      expected.day += 1
      if expected.day > CivilDate.dayCount(month: expected.month, year: expected.year) {
        expected.day = 1
        expected.month += 1
      }
      if expected.month > 12 {
        expected.month = 1
        expected.year += 1
      }
    }
  }

  @Test("what is written is read back to the millisecond", arguments: [111 as UInt64])
  func roundTrip(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<2000 {
      let milliseconds = Int.random(in: TimeText.earliest * 1000..<TimeText.end * 1000, using: &generator)
      let seconds = Double(milliseconds) / 1000
      let text = try TimeText.format(secondsSinceEpoch: seconds, pattern: TimeText.rfc3339Pattern)
      #expect(try (TimeText.parse(text) * 1000).rounded() == Double(milliseconds), "\(text)")
    }
  }
}
