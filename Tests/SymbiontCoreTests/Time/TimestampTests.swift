import Foundation
import SymbiontCore
import SymbiontTesting
import Testing

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "a text that is not an RFC 3339 time is refused",
    arguments: [
      "", "2025", "2025-07-18", "2025-07-18T06:45:00", "2025-07-18T06:45Z", "2025-07-18 06:45:00Z",
      "2025-07-18T06:45:00.Z", "2025-07-18T06:45:00,5Z", "2025-07-18T06:45:00.1234567890Z", "2025-7-18T06:45:00Z",
      "2025-07-18T24:00:00Z", "2025-07-18T06:60:00Z", "2025-07-18T06:45:60Z", "2025-02-29T00:00:00Z",
      "1900-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z", "2025-04-31T00:00:00Z",
      "2025-01-00T00:00:00Z", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "-2025-01-01T00:00:00Z",
      "+2025-01-01T00:00:00Z", "2025-07-18T06:45:00+0530", "2025-07-18T06:45:00+24:00", "2025-07-18T06:45:00+05:60",
      "2025-07-18T06:45:00+05", "2025-07-18T06:45:00Z ", " 2025-07-18T06:45:00Z", "2025-07-18T06:45:00ZZ",
      "2025-07-18T06:45:00Z\u{0}", "２０２５-07-18T06:45:00Z", "2025-07-18T06:45:00\u{2212}05:30",
      "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2025-07-18T06:45:0éZ",
    ])
  func refused(_ text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test(
    "a time is read to the microsecond, and written in UTC",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
      ("2025-07-18T06:45:00Z", 1_752_821_100_000_000, "2025-07-18T06:45:00Z"),
      ("2025-07-18t06:45:00z", 1_752_821_100_000_000, "2025-07-18T06:45:00Z"),
      ("2025-07-18T12:15:00+05:30", 1_752_821_100_000_000, "2025-07-18T06:45:00Z"),
      ("2025-07-17T20:45:00-10:00", 1_752_821_100_000_000, "2025-07-18T06:45:00Z"),
      ("2025-07-18T06:45:00-00:00", 1_752_821_100_000_000, "2025-07-18T06:45:00Z"),
      ("2025-07-18T06:45:00.5Z", 1_752_821_100_500_000, "2025-07-18T06:45:00.500Z"),
      ("2025-07-18T06:45:00.000001Z", 1_752_821_100_000_001, "2025-07-18T06:45:00.000001Z"),
      ("2025-07-18T06:45:00.123456789Z", 1_752_821_100_123_456, "2025-07-18T06:45:00.123456Z"),
      ("2025-07-18T06:45:00.000000Z", 1_752_821_100_000_000, "2025-07-18T06:45:00Z"),
      ("1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"),
      ("2000-02-29T12:00:00Z", 951_825_600_000_000, "2000-02-29T12:00:00Z"),
      ("0001-01-01T00:00:00Z", -62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
      ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ])
  func examples(_ text: String, _ microseconds: Int64, _ written: String) throws {
    let timestamp = try #require(Timestamp(text))
    #expect(timestamp.microsecondsSinceEpoch == microseconds)
    #expect(timestamp.description == written)
    #expect(try WireForm.json(timestamp) == "\"\(written)\"")
    #expect(try WireForm.value(Timestamp.self, from: "\"\(text)\"") == timestamp)
  }

  @Test("every timestamp is read back from what is written, and Foundation reads the same")
  func roundTrips() throws {
    var random = SeededRandom.forTest()
    let bounds = Timestamp.earliest.microsecondsSinceEpoch...Timestamp.latest.microsecondsSinceEpoch
    // Foundation changes to the Julian calendar before 1582, RFC 3339 does not.
    let gregorian: Int64 = -12_219_292_800
    for _ in 0..<3_000 {
      let timestamp = Timestamp(microsecondsSinceEpoch: .random(in: bounds, using: &random))
      let text = timestamp.description
      #expect(Timestamp(text) == timestamp, "\(random)")
      let seconds =
        (timestamp.microsecondsSinceEpoch - (timestamp.microsecondsSinceEpoch < 0 ? 999_999 : 0)) / 1_000_000
      guard seconds > gregorian else { continue }
      let whole = text.prefix(19) + "Z"
      let date = try Date(String(whole), strategy: .iso8601)
      #expect(Int64(date.timeIntervalSince1970) == seconds, "\(text) \(random)")
    }
  }

  @Test("damaged times never trap, and what is still read is a time")
  func damagedText() {
    var random = SeededRandom.forTest()
    let valid = Array("2025-07-18T06:45:00.123456+05:30".utf8)
    for _ in 0..<20_000 {
      var bytes = valid
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(UInt8(ascii: "9"), at: index)
        }
      }
      guard let timestamp = Timestamp(String(decoding: bytes, as: UTF8.self)) else { continue }
      #expect(Timestamp(timestamp.description) == timestamp, "\(random)")
    }
  }

  @Test("arithmetic stops at the bounds instead of overflowing")
  func saturation() {
    let longest = Duration.seconds(Int64.max)
    #expect(Timestamp.now() + longest == .latest)
    #expect(Timestamp.now() - longest == .earliest)
    #expect(Timestamp.latest + .microseconds(1) == .latest)
    #expect(Timestamp.earliest - .microseconds(1) == .earliest)
    #expect(Timestamp.epoch + Duration(attoseconds: .max) == .latest)
    #expect(Timestamp.epoch + Duration(attoseconds: .min) == .earliest)
    #expect(Timestamp.epoch - Duration(attoseconds: .min) == .latest)
    #expect(Timestamp(microsecondsSinceEpoch: .max) == .latest)
    #expect(Timestamp(microsecondsSinceEpoch: .min) == .earliest)
    #expect(Timestamp.latest - .earliest == .microseconds(315_537_897_599_999_999))
  }

  @Test("adding and taking away agree with the distance")
  func arithmetic() {
    var random = SeededRandom.forTest()
    for _ in 0..<1_000 {
      let left = Timestamp(microsecondsSinceEpoch: .random(in: -1_000_000_000_000...1_000_000_000_000, using: &random))
      let right = Timestamp(microsecondsSinceEpoch: .random(in: -1_000_000_000_000...1_000_000_000_000, using: &random))
      #expect(right + (left - right) == left, "\(random)")
      #expect(left - (left - right) == right, "\(random)")
      #expect((left < right) == (left - right < .zero), "\(random)")
    }
    #expect((Timestamp.epoch + .nanoseconds(1_999)).microsecondsSinceEpoch == 1)
    #expect((Timestamp.epoch - .nanoseconds(1)).microsecondsSinceEpoch == -1)
  }

  @Test("now is what the system says")
  func now() {
    let before = Date().timeIntervalSince1970
    let now = Double(Timestamp.now().microsecondsSinceEpoch) / 1_000_000
    let after = Date().timeIntervalSince1970
    #expect(before - 0.001 <= now && now <= after + 0.001)
  }
}
