import SymbiontCore
import Testing

@Suite("Civil dates")
struct CivilDateTests {
  @Test("days that the calendar does not have are refused")
  func refused() {
    #expect(CivilDate(year: 2_023, month: 2, day: 29) == nil)
    #expect(CivilDate(year: 2_100, month: 2, day: 29) == nil)
    #expect(CivilDate(year: 0, month: 1, day: 1) == nil)
    #expect(CivilDate(year: 10_000, month: 1, day: 1) == nil)
    #expect(CivilDate(year: 2_024, month: 13, day: 1) == nil)
    #expect(CivilDate(year: .min, month: .min, day: .min) == nil)
    #expect(CivilDate(daysSinceEpoch: -719_163) == nil)
    #expect(CivilDate(daysSinceEpoch: 2_932_897) == nil)
    #expect(CivilDate(daysSinceEpoch: .max) == nil)
    #expect(CivilDate(daysSinceEpoch: .min) == nil)
  }

  @Test("counting days agrees with turning the pages of a calendar, over a whole cycle of 400 years")
  func wholeCycle() throws {
    var days = try #require(CivilDate(year: 1_799, month: 12, day: 31)).daysSinceEpoch
    var mismatches: [CivilDate] = []
    for year in 1_800..<2_200 {
      for month in 1...12 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        for day in 1...length {
          days += 1
          let date = try #require(CivilDate(year: year, month: month, day: day))
          if date.daysSinceEpoch != days || CivilDate(daysSinceEpoch: days) != date { mismatches.append(date) }
        }
        #expect(CivilDate(year: year, month: month, day: length + 1) == nil)
      }
    }
    #expect(mismatches.isEmpty)
  }

  @Test("the first and the last day are where they belong")
  func bounds() {
    #expect(CivilDate(daysSinceEpoch: 0) == CivilDate(year: 1_970, month: 1, day: 1))
    #expect(CivilDate(daysSinceEpoch: -719_162) == CivilDate(year: 1, month: 1, day: 1))
    #expect(CivilDate(daysSinceEpoch: 2_932_896) == CivilDate(year: 9_999, month: 12, day: 31))
  }
}
