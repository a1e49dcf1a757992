import SymbiontCore
import SymbiontTesting
import Testing

@Suite("Durations on the wire")
struct WireSecondsTests {
  @Test(
    "a number that is no duration is refused",
    arguments: [
      "-1", "-0.5", "-1e-300", "315576000001", "315576000000.5", "9223372036854775807", "1e18", "1e300",
    ])
  func refusedNumbers(_ json: String) {
    expectRefused(WireSeconds.self, json, because: "expected a number of seconds from 0 to 315576000000")
  }

  @Test("a value that is no number is refused", arguments: [#""60""#, "true", "null", "[]", "{}", "1e400", "NaN"])
  func refusedValues(_ json: String) {
    #expect(throws: DecodingError.self) { try WireForm.value(WireSeconds.self, from: json) }
  }

  @Test("a negative duration is not written")
  func negative() {
    #expect(throws: EncodingError.self) { try WireForm.json(WireSeconds(wrappedValue: .seconds(-1))) }
    #expect(throws: EncodingError.self) { try WireForm.json(WireSeconds(wrappedValue: .nanoseconds(-1))) }
  }

  @Test("whole seconds are written without a fraction")
  func examples() throws {
    try expectWire(WireSeconds(wrappedValue: .zero), "0")
    try expectWire(WireSeconds(wrappedValue: .seconds(60)), "60")
    try expectWire(WireSeconds(wrappedValue: .milliseconds(100)), "0.1")
    try expectWire(WireSeconds(wrappedValue: .milliseconds(1_500)), "1.5")
    try expectWire(WireSeconds(wrappedValue: .microseconds(12_345_678)), "12.345678")
    try expectWire(WireSeconds(wrappedValue: WireSeconds.longest), "315576000000")
    #expect(try WireForm.value(WireSeconds.self, from: "60.0").wrappedValue == .seconds(60))
    #expect(try WireForm.value(WireSeconds.self, from: "6e1").wrappedValue == .seconds(60))
    #expect(try WireForm.value(WireSeconds.self, from: "0.9999999999").wrappedValue == .seconds(1))
  }

  @Test("every duration of a century survives to the microsecond")
  func roundTrips() throws {
    var random = SeededRandom.forTest()
    for _ in 0..<2_000 {
      let limit: Int64 = Bool.random(using: &random) ? 10_000_000 : 3_155_760_000_000_000
      let duration = WireSeconds(wrappedValue: .microseconds(Int64.random(in: 0...limit, using: &random)))
      let read = try WireForm.value(WireSeconds.self, from: try WireForm.json(duration)).wrappedValue
      let microseconds = ((read + .nanoseconds(500)).attoseconds / 1_000_000_000_000)
      #expect(microseconds == duration.wrappedValue.attoseconds / 1_000_000_000_000, "\(random)")
    }
  }
}
