package import SymbiontCore

/// The usage of one agent over the last day.
///
/// The last ten minutes are kept as they were measured, everything older as one snapshot for each minute, with the
/// averages of rates and the maximum of memory: a peak of memory is what ends an agent. Its size has a bound, whatever is
/// added.
package struct UsageHistory: Sendable {
  /// How long measurements are kept as they are.
  package static let fineSpan = Duration.seconds(600)
  /// How many of them are kept at most; at a shorter interval than a second they reach less far back.
  package static let maximumFine = 600
  /// The minutes of a day.
  package static let maximumMinutes = 1_440
  private static let microsecondsPerMinute: Int64 = 60_000_000

  /// One minute, as the sum of its measurements.
  private struct Minute: Sendable {
    let number: Int64
    var count = 0
    var cpuCores = 0.0
    var diskBytesPerSecond = 0.0
    var networkBytesPerSecond = 0.0
    var memoryBytes = 0
    var uptime = Duration.zero

    mutating func add(_ usage: ResourceUsage) {
      count += 1
      cpuCores += usage.cpuCores
      diskBytesPerSecond += Double(usage.diskBytesPerSecond)
      networkBytesPerSecond += Double(usage.networkBytesPerSecond)
      memoryBytes = max(memoryBytes, usage.memoryBytes)
      uptime = max(uptime, usage.uptime)
    }

    /// The minute's beginning stands for it.
    var takenAt: Timestamp { Timestamp(microsecondsSinceEpoch: number &* UsageHistory.microsecondsPerMinute) }

    var usage: ResourceUsage {
      let divisor = Double(max(1, count))
      return ResourceUsage(
        memoryBytes: memoryBytes, cpuCores: cpuCores / divisor,
        diskBytesPerSecond: Self.whole(diskBytesPerSecond / divisor),
        networkBytesPerSecond: Self.whole(networkBytesPerSecond / divisor), uptime: uptime)
    }

    private static func whole(_ value: Double) -> Int { value < Double(Int.max) ? Int(value) : .max }
  }

  private var fine: [(takenAt: Timestamp, usage: ResourceUsage)] = []
  private var minutes: [Minute] = []

  package init() {}

  /// How many snapshots are kept.
  package var count: Int { fine.count + minutes.count }

  /// Adds a measurement.
  ///
  /// One that is older than the last, because the clock was set back, counts as of the last one's time.
  package mutating func add(_ usage: ResourceUsage, at time: Timestamp) {
    let takenAt = max(time, fine.last?.takenAt ?? time)
    fine.append((takenAt, usage))
    let keptFrom = takenAt + (.zero - Self.fineSpan)
    var leaving = max(0, fine.count - Self.maximumFine)
    while leaving < fine.count - 1, fine[leaving].takenAt < keptFrom { leaving += 1 }
    for old in fine[..<leaving] { addMinute(old.usage, at: old.takenAt) }
    fine.removeFirst(leaving)
    let oldest = Self.minute(of: takenAt) - Int64(Self.maximumMinutes)
    minutes.removeFirst(minutes.prefix { $0.number < oldest }.count)
    if minutes.count > Self.maximumMinutes { minutes.removeFirst(minutes.count - Self.maximumMinutes) }
  }

  private mutating func addMinute(_ usage: ResourceUsage, at time: Timestamp) {
    let number = Self.minute(of: time)
    if minutes.last?.number != number { minutes.append(Minute(number: number)) }
    minutes[minutes.count - 1].add(usage)
  }

  private static func minute(of time: Timestamp) -> Int64 {
    let (quotient, remainder) = time.microsecondsSinceEpoch.quotientAndRemainder(dividingBy: microsecondsPerMinute)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The snapshots since a time, oldest first.
  ///
  /// A minute counts when any of it does.
  package func snapshots(of agentID: AgentID, since time: Timestamp) -> [ResourceSnapshot] {
    let first = Self.minute(of: time)
    let old = minutes.filter { $0.number >= first }.map {
      ResourceSnapshot(agentID: agentID, takenAt: $0.takenAt, usage: $0.usage)
    }
    let recent = fine.filter { $0.takenAt >= time }.map {
      ResourceSnapshot(agentID: agentID, takenAt: $0.takenAt, usage: $0.usage)
    }
    return old + recent
  }
}
