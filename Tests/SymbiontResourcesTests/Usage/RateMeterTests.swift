import Testing

@testable import SymbiontResources

@Suite("Rates of counters")
struct RateMeterTests {
  private static func reading(
    _ groups: [String: (cpu: Int, disk: Int)], network: Int? = nil
  ) -> UsageReading {
    UsageReading(
      groups: groups.mapValues { values in
        var counters = ControlGroupCounters()
        counters.cpuNanoseconds = values.cpu
        counters.diskReadBytes = values.disk
        return counters
      }, networkBytes: network)
  }

  @Test("the first reading and a reading at the same moment give no rate")
  func first() {
    var meter = RateMeter()
    let none = RateMeter.Rates()
    #expect(meter.measure(Self.reading(["a": (5, 5)], network: 9), at: .seconds(1)) == none)
    #expect(meter.measure(Self.reading(["a": (500, 500)], network: 900), at: .seconds(1)) == none)
    #expect(meter.measure(Self.reading(["a": (500, 500)], network: 900), at: .zero) == none)
  }

  @Test("rates are what was added, over the time that passed")
  func rates() {
    var meter = RateMeter()
    _ = meter.measure(Self.reading(["a": (0, 100), "b": (7, 0)], network: 50), at: .zero)
    let rates = meter.measure(
      Self.reading(["a": (1_000_000_000, 1_100), "b": (2_000_000_007, 500)], network: 250), at: .seconds(2))
    #expect(rates.cpuCores == 1.5 && rates.diskBytesPerSecond == 750 && rates.networkBytesPerSecond == 100)
  }

  @Test("a counter that fell was reset, and groups that come and go add nothing that is not theirs")
  func resets() {
    var meter = RateMeter()
    _ = meter.measure(Self.reading(["a": (900, 1_000), "gone": (1 << 60, 1 << 60)], network: 1_000), at: .zero)
    let rates = meter.measure(
      Self.reading(["a": (100, 40), "new": (1 << 60, 1 << 60)], network: 30), at: .seconds(1))
    #expect(rates.diskBytesPerSecond == 40 && rates.networkBytesPerSecond == 30)
    #expect(rates.cpuCores == 100.0 / 1_000_000_000)
    let unknown = meter.measure(Self.reading([:]), at: .seconds(2))
    #expect(unknown == RateMeter.Rates())
  }

  @Test("no counter makes a rate overflow or fall below nothing")
  func extremes() {
    var meter = RateMeter()
    _ = meter.measure(Self.reading(["a": (0, 0), "b": (0, 0)], network: 0), at: .zero)
    let rates = meter.measure(
      Self.reading(["a": (.max, .max), "b": (.max, .max)], network: .max), at: .nanoseconds(1))
    #expect(rates.diskBytesPerSecond == .max && rates.networkBytesPerSecond == .max && rates.cpuCores.isFinite)
    let negative = meter.measure(Self.reading(["a": (-5, -5)], network: -5), at: .seconds(1))
    #expect(negative == RateMeter.Rates())
  }
}
