import Testing

@testable import SymbiontLanguage

@Suite("Literals")
struct LiteralTests {
  @Test(
    "a string's value has its escapes resolved",
    arguments: [
      (#""""#, ""), (#""plain""#, "plain"), (#""a\n\t\r\\\"\0b""#, "a\n\t\r\\\"\0b"), (#""\u{1F600}\u{e9}""#, "😀é"),
      ("\"two\nlines\"", "two\nlines"), (#""open"#, "open"), (#""open\""#, "open\""), (#""bad \q""#, #"bad \q"#),
      (#""\u{110000}""#, #"\u{110000}"#), (#""\u{}""#, #"\u{}"#), (#""\u{+41}""#, #"\u{+41}"#), (#""\\""#, #"\"#),
    ])
  func strings(literal: String, value: String) {
    #expect(StringLiteral.decode(Array(literal.utf8)[...]) == value)
  }

  @Test(
    "integers reach exactly to the bounds of 64 bits",
    arguments: [
      ("0", false, 0), ("1_000", false, 1000), ("9223372036854775807", false, .max),
      ("9223372036854775808", true, .min), ("007", true, -7),
    ] as [(String, Bool, Int64)])
  func integers(literal: String, isNegated: Bool, value: Int64) throws {
    #expect(try NumberLiteral.integer(Array(literal.utf8)[...], isNegated: isNegated) == value)
  }

  @Test(
    "an integer that does not fit has no value",
    arguments: [("9223372036854775808", false), ("9223372036854775809", true), ("99999999999999999999999", false)])
  func largeIntegers(literal: String, isNegated: Bool) {
    #expect(throws: NumberLiteral.Failure.tooLarge) {
      try NumberLiteral.integer(Array(literal.utf8)[...], isNegated: isNegated)
    }
  }

  @Test("floats are read exactly, and an infinite one has no value")
  func floats() throws {
    #expect(try NumberLiteral.float(Array("1_0.2_5".utf8)[...]) == 10.25)
    #expect(try NumberLiteral.float(Array("2.5e-3".utf8)[...]) == 0.0025)
    #expect(throws: NumberLiteral.Failure.tooLarge) { try NumberLiteral.float(Array("1e999".utf8)[...]) }
    #expect(throws: NumberLiteral.Failure.malformed) { try NumberLiteral.float(Array("x".utf8)[...]) }
  }

  @Test(
    "durations are seconds, whole ones as integers",
    arguments: [
      ("30s", .whole(30)), ("2000ms", .whole(2)), ("1500ms", .fractional(1.5)), ("5m", .whole(300)),
      ("1.5h", .whole(5400)), ("0.1s", .fractional(0.1)), ("2d", .whole(172_800)), ("1w", .whole(604_800)),
      ("2months", .whole(5_184_000)), ("1y", .whole(31_536_000)), ("30.seconds", .whole(30)),
      ("10.minutes", .whole(600)), ("1_0.hours", .whole(36_000)), ("1e3s", .whole(1000)), ("0.3m", .whole(18)),
    ] as [(String, DurationLiteral.Value)])
  func durations(literal: String, value: DurationLiteral.Value) throws {
    #expect(try DurationLiteral.decode(Array(literal.utf8)[...]) == value)
  }

  @Test("a duration whose milliseconds do not fit has no value")
  func largeDuration() {
    #expect(throws: NumberLiteral.Failure.tooLarge) {
      try DurationLiteral.decode(Array("9223372036854775807y".utf8)[...])
    }
    #expect(throws: NumberLiteral.Failure.malformed) { try DurationLiteral.decode(Array("3parsecs".utf8)[...]) }
  }
}
