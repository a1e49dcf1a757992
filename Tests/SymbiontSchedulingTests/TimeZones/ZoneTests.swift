import Foundation
import SymbiontScheduling
import SymbiontTesting
import Testing

@Suite("Time zones")
struct ZoneTests {
  static let names = [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Europe/Dublin", "Pacific/Apia",
    "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran", "Antarctica/Troll", "America/Argentina/Buenos_Aires",
    "Etc/GMT+5", "Pacific/Auckland",
  ]

  @Test("have the offsets that the system's own calendar has", arguments: names)
  func offsets(name: String) throws {
    let zone = try #require(ZoneDatabase().zone(name))
    let other = try #require(TimeZone(identifier: name))
    let seed = SeededRandom.forTest()
    var random = seed
    // Up to 2037, where all files of the system agree on what is listed.
    for _ in 0..<2_000 {
      let seconds = Int64.random(in: 0..<2_145_916_800, using: &random)
      let period = zone.period(at: seconds)
      let expected = other.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
      #expect(period.offset == expected, "\(name) at \(seconds), \(seed)")
      #expect((period.start ?? .min) <= seconds && seconds < (period.end ?? .max))
    }
  }

  @Test("go on by their rule after the last change that is listed")
  func rule() throws {
    let zone = try #require(ZoneDatabase().zone("America/New_York"))
    // 2100-03-14 and 2100-11-07 at 02:00 local time.
    let spring: Int64 = 4_108_690_800
    #expect(zone.period(at: spring - 1).offset == -18_000)
    #expect(zone.period(at: spring).offset == -14_400)
    #expect(zone.period(at: spring).start == spring)
    let autumn = try #require(zone.period(at: spring).end)
    #expect(autumn == 4_129_250_400)
    #expect(zone.period(at: autumn).offset == -18_000)
  }

  @Test(
    "that the system does not have, or whose names lead elsewhere, are none",
    arguments: [
      "Europe/Atlantis", "../../../etc/passwd", "/etc/passwd", "", "Europe", "Europe//Berlin", "tzdata.zi", "UTC ",
    ])
  func unknown(name: String) {
    #expect(ZoneDatabase().zone(name) == nil)
  }

  @Test("of damaged files are none, and nothing traps")
  func damaged() throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: ZoneDatabase.systemDirectory + "/Europe/Berlin")))
    let directory = try TemporaryStoreDirectory()
    let seed = SeededRandom.forTest()
    var random = seed
    for length in stride(from: 0, to: whole.count, by: 7) {
      try Data(whole.prefix(length)).write(to: URL(fileURLWithPath: directory.path + "/Cut"))
      #expect(ZoneDatabase(directory: directory.path).zone("Cut") == nil, "cut to \(length)")
    }
    for _ in 0..<300 {
      var bytes = whole
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      try Data(bytes).write(to: URL(fileURLWithPath: directory.path + "/Flipped"))
      // It may still be a zone, but then it can be asked.
      if let zone = ZoneDatabase(directory: directory.path).zone("Flipped") {
        for seconds in [Int64(0), 1_700_000_000, 4_000_000_000] { _ = zone.period(at: seconds) }
      }
    }
  }
}
