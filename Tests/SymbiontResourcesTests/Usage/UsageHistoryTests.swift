import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontResources

@Suite("The history of usage")
struct UsageHistoryTests {
  private let agent = AgentID()
  private static let start = Timestamp(microsecondsSinceEpoch: 1_800_000_000_000_000)

  @Test("what is recent is as it was measured, what is older is one snapshot a minute")
  func resolution() throws {
    var history = UsageHistory()
    for second in 0..<1_800 {
      history.add(
        ResourceUsage(
          memoryBytes: second == 30 ? 999_999 : second, cpuCores: Double(second % 2), diskBytesPerSecond: second % 60),
        at: Self.start + .seconds(second))
    }
    let snapshots = history.snapshots(of: agent, since: .earliest)
    let minutes = snapshots.filter { $0.takenAt < Self.start + .seconds(1_200) }
    #expect(snapshots.count - minutes.count == 600 && minutes.count == 20)
    let first = try #require(snapshots.first)
    // A peak of memory survives, rates are averages.
    #expect(first.takenAt == Self.start && first.usage.memoryBytes == 999_999)
    #expect(first.usage.cpuCores == 0.5 && first.usage.diskBytesPerSecond == 29)
    #expect(snapshots.last?.usage.memoryBytes == 1_799)
    let late = history.snapshots(of: agent, since: Self.start + .seconds(1_790))
    #expect(late.map(\.usage.memoryBytes) == Array(1_790...1_799))
    #expect(history.snapshots(of: agent, since: Self.start + .seconds(5_000)).isEmpty)
  }

  @Test("whatever is added, the size is bounded and the order is that of time")
  func property() {
    var random = SeededRandom.forTest()
    for _ in 0..<6 {
      var history = UsageHistory()
      var time = Self.start
      for _ in 0..<8_000 {
        // Also backwards, as when the clock is set.
        time = time + .milliseconds(Int.random(in: -20_000...120_000, using: &random))
        history.add(ResourceUsage(memoryBytes: 1, diskBytesPerSecond: .max), at: time)
        #expect(history.count <= UsageHistory.maximumFine + UsageHistory.maximumMinutes, "\(random)")
      }
      let times = history.snapshots(of: agent, since: .earliest).map(\.takenAt)
      #expect(times == times.sorted(), "\(random)")
      #expect(times.allSatisfy { $0 >= (times.last ?? time) + .seconds(-86_400 - 60 - 600) }, "\(random)")
    }
  }

  @Test("the ends of time do no harm")
  func extremes() {
    var history = UsageHistory()
    for time in [Timestamp.earliest, .epoch, .latest, .earliest] { history.add(ResourceUsage(), at: time) }
    #expect(history.snapshots(of: agent, since: .earliest).count <= 4)
    #expect(history.snapshots(of: agent, since: .latest).count >= 1)
  }
}
