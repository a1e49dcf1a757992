/// Makes rates of counters that only rise.
///
/// Each control group is counted by itself, because one that goes takes its counts along. A counter that fell was reset,
/// so what it shows now is what was added.
package struct RateMeter: Sendable {
  /// What was used in each second, of late.
  package struct Rates: Sendable, Hashable {
    /// Cores.
    package var cpuCores = 0.0
    /// Bytes read from and written to disks.
    package var diskBytesPerSecond = 0
    /// Bytes sent and received.
    package var networkBytesPerSecond = 0
  }

  private struct Counts: Sendable {
    var cpuNanoseconds: Int
    var diskBytes: Int

    init(_ counters: ControlGroupCounters) {
      cpuNanoseconds = counters.cpuNanoseconds ?? 0
      diskBytes = (counters.diskReadBytes ?? 0).addingSaturated(counters.diskWrittenBytes ?? 0)
    }
  }

  private var last: (time: Duration, groups: [String: Counts], networkBytes: Int?)?
  private var rates = Rates()

  package init() {}

  /// Takes a reading at a moment of a clock that is never set.
  ///
  /// The first reading gives no rates, nor does a group that is seen first. A reading at or before the last one's moment
  /// changes nothing.
  package mutating func measure(_ reading: UsageReading, at time: Duration) -> Rates {
    let groups = reading.groups.mapValues(Counts.init)
    guard let last else {
      self.last = (time, groups, reading.networkBytes)
      return rates
    }
    let seconds = (time - last.time) / .seconds(1)
    guard seconds > 0 else { return rates }
    self.last = (time, groups, reading.networkBytes)
    var cpu = 0
    var disk = 0
    for (path, counts) in groups {
      guard let former = last.groups[path] else { continue }
      cpu = cpu.addingSaturated(Self.rise(former.cpuNanoseconds, counts.cpuNanoseconds))
      disk = disk.addingSaturated(Self.rise(former.diskBytes, counts.diskBytes))
    }
    var network = 0
    if let before = last.networkBytes, let now = reading.networkBytes { network = Self.rise(before, now) }
    rates = Rates(
      cpuCores: Double(cpu) / Self.nanosecondsPerSecond / seconds, diskBytesPerSecond: Self.rate(disk, seconds),
      networkBytesPerSecond: Self.rate(network, seconds))
    return rates
  }

  private static let nanosecondsPerSecond = 1_000_000_000.0

  private static func rise(_ before: Int, _ after: Int) -> Int { max(0, after >= before ? after - before : after) }

  private static func rate(_ bytes: Int, _ seconds: Double) -> Int {
    let rate = Double(bytes) / seconds
    return rate < Double(Int.max) ? Int(rate) : .max
  }
}
