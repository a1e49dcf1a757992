import SymbiontCore
import Testing

@testable import SymbiontResources

@Suite("Violations of limits")
struct ViolationWatchTests {
  private static let agent = AgentID()

  private static func observe(_ watch: inout ViolationWatch, _ reading: UsageReading) -> [ResourceViolation] {
    watch.observe(reading, of: agent, limits: ResourceLimits(cpuCores: 0.5), at: .epoch)
  }

  private static func group(_ change: (inout ControlGroupCounters) -> Void) -> UsageReading {
    var counters = ControlGroupCounters()
    change(&counters)
    return UsageReading(groups: ["/symbiont/a": counters])
  }

  @Test(
    "a kill for want of memory carries the counter before and after, also when it was just before the first reading")
  func memory() throws {
    var watch = ViolationWatch()
    let reading = Self.group {
      $0.memoryKills = 2
      $0.memoryLimitBytes = 64 << 20
      $0.memoryPeakBytes = 63 << 20
    }
    let violation = try #require(Self.observe(&watch, reading).first)
    #expect(violation.resource == .memory && violation.severity == .exceeded)
    #expect(violation.limit == Double(64 << 20) && violation.observed == Double(63 << 20))
    #expect(violation.evidence == .init(subject: "/symbiont/a", counter: "oom_kill", before: 0, after: 2))
    #expect(Self.observe(&watch, reading).isEmpty)
    let more = Self.observe(&watch, Self.group { $0.memoryKills = 3 })
    #expect(more.first?.evidence == .init(subject: "/symbiont/a", counter: "oom_kill", before: 2, after: 3))
  }

  @Test("refused processes are a violation each time that the count rises")
  func processes() {
    var watch = ViolationWatch()
    #expect(Self.observe(&watch, Self.group { $0.processes = 4 }).isEmpty)
    let found = Self.observe(
      &watch,
      Self.group {
        $0.processes = 8
        $0.processLimit = 8
        $0.processRefusals = 5
      })
    #expect(found.map(\.resource) == [.processes] && found.first?.limit == 8 && found.first?.observed == 8)
    #expect(found.first?.evidence?.after == 5)
  }

  @Test("being held back is told when it begins, and again after it has stopped")
  func throttling() {
    var watch = ViolationWatch()
    func at(_ periods: Int, _ throttled: Int) -> [ResourceViolation] {
      Self.observe(
        &watch,
        Self.group {
          $0.periods = periods
          $0.throttledPeriods = throttled
        })
    }
    #expect(at(9, 9).isEmpty)
    let begun = at(29, 29)
    #expect(begun.map(\.resource) == [.cpu])
    #expect(begun.first?.evidence == .init(subject: "/symbiont/a", counter: "nr_throttled", before: 9, after: 29))
    #expect(at(49, 49).isEmpty)
    #expect(at(69, 50).isEmpty)
    #expect(at(89, 70).count == 1)
  }

  @Test("a full workspace is told when it becomes full")
  func workspace() {
    var watch = ViolationWatch()
    func at(_ available: Int) -> [ResourceViolation] {
      Self.observe(
        &watch, UsageReading(workspaces: ["/w": FileSpace(totalBytes: 1_000, availableBytes: available)]))
    }
    #expect(at(500).isEmpty)
    let full = at(9)
    #expect(full.map(\.resource) == [.workspace] && full.first?.observed == 991)
    #expect(full.first?.evidence == .init(subject: "/w", counter: "f_bavail", before: 1_000, after: 9))
    #expect(at(0).isEmpty)
    #expect(at(100).isEmpty)
    #expect(at(0).count == 1)
  }

  @Test("a group that has gone and comes again begins at zero")
  func reset() {
    var watch = ViolationWatch()
    _ = Self.observe(&watch, Self.group { $0.memoryKills = 5 })
    #expect(Self.observe(&watch, UsageReading()).isEmpty)
    #expect(Self.observe(&watch, Self.group { $0.memoryKills = 1 }).first?.evidence?.before == 0)
  }
}
