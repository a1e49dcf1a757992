import Foundation
import Measuring
import SymbiontScheduling

/// A million pending timers: set, half of them cancelled, the others fired in order; beside the timers of asyncio.
enum TimerSide {
  private static let count = 1_000_000

  private struct Round: Decodable {
    var insertSeconds: Double
    var cancelSeconds: Double
    var fireSeconds: Double
    var bytesPerTimer: Double

    private enum CodingKeys: String, CodingKey {
      case insertSeconds = "insert_seconds"
      case cancelSeconds = "cancel_seconds"
      case fireSeconds = "fire_seconds"
      case bytesPerTimer = "bytes_per_timer"
    }
  }

  static func report(rounds: Int) throws {
    var ours: [Round] = []
    var theirs: [Round] = []
    for _ in 0..<rounds {
      ours.append(try round())
      if PeerSide.isAvailable {
        theirs.append(try PeerSide.run("asyncio_timers.py", ["--timers", "\(count)"], as: Round.self))
      }
    }
    var fields = self.fields(ours, prefix: "")
    if !theirs.isEmpty {
      fields.merge(self.fields(theirs, prefix: "peer_")) { $1 }
      fields["peer"] = .text("asyncio")
      fields["ratio"] = .number(total(theirs) / total(ours))
    }
    fields["timers"] = .number(Double(count))
    try ReportLine(benchmark: "scheduler-timers", fields).report()
  }

  private static func round() throws -> Round {
    var random = SystemRandomNumberGenerator()
    let times = (0..<count).map { _ in Int64.random(in: 0..<3_600_000_000, using: &random) }
    let cancelled = (0..<UInt32(count)).shuffled(using: &random).prefix(count / 2)
    var queue = TimerQueue()
    let clock = ContinuousClock()
    let inserting = clock.measure { for slot in 0..<UInt32(count) { queue.set(slot, at: times[Int(slot)]) } }
    let bytes = Double(queue.allocatedBytes) / Double(count)
    let cancelling = clock.measure { for slot in cancelled { queue.cancel(slot) } }
    var fired = 0
    var last = Int64.min
    var isInOrder = true
    let firing = clock.measure {
      while let slot = queue.fire(upTo: .max) {
        fired += 1
        isInOrder = isInOrder && last <= times[Int(slot)]
        last = times[Int(slot)]
      }
    }
    guard fired == count - cancelled.count, isInOrder else { throw BenchmarkFailure("the timers fired wrongly") }
    return Round(
      insertSeconds: inserting / .seconds(1), cancelSeconds: cancelling / .seconds(1),
      fireSeconds: firing / .seconds(1),
      bytesPerTimer: bytes)
  }

  private static func total(_ rounds: [Round]) -> Double {
    rounds.map { $0.insertSeconds + $0.cancelSeconds + $0.fireSeconds }.median
  }

  private static func fields(_ rounds: [Round], prefix: String) -> [String: ReportLine.Field] {
    func nanoseconds(_ seconds: [Double], _ operations: Int) -> ReportLine.Field {
      .number(seconds.median * 1_000_000_000 / Double(operations))
    }
    return [
      prefix + "insert_ns": nanoseconds(rounds.map(\.insertSeconds), count),
      prefix + "cancel_ns": nanoseconds(rounds.map(\.cancelSeconds), count / 2),
      prefix + "fire_ns": nanoseconds(rounds.map(\.fireSeconds), count / 2),
      prefix + "bytes_per_timer": .number(rounds.map(\.bytesPerTimer).median),
    ]
  }
}
