import SymbiontCore
import Testing

@testable import SymbiontResources

@Suite("Thresholds of usage")
struct ThresholdWatchTests {
  private static let limits = ResourceLimits(
    memoryMegabytes: 100, cpuCores: 2, diskMegabytesPerSecond: 10, networkMegabytesPerSecond: 10)
  private static let thresholds = ResourceThresholds(
    memoryPercentage: 50, cpuPercentage: 50, sustainedFor: .seconds(10))

  private static func memory(_ megabytes: Int) -> ResourceUsage {
    ResourceUsage(memoryBytes: megabytes << 20)
  }

  @Test("an alert is raised once, only after the usage stayed above for as long as asked")
  func sustained() {
    var watch = ThresholdWatch()
    func observe(_ megabytes: Int, _ second: Int) -> [ThresholdWatch.Change] {
      watch.observe(Self.memory(megabytes), limits: Self.limits, thresholds: Self.thresholds, at: .seconds(second))
    }
    #expect(observe(60, 0).isEmpty)
    #expect(observe(60, 9).isEmpty)
    #expect(observe(49, 10).isEmpty)
    #expect(observe(60, 11).isEmpty)
    #expect(observe(60, 20).isEmpty)
    let raised = observe(61, 21)
    #expect(raised == [.raised(.memory, threshold: Double(50 << 20), observed: Double(61 << 20))])
    #expect(observe(70, 40).isEmpty)
    #expect(watch.raised.map(\.observed) == [Double(70 << 20)])
  }

  @Test("an alert ends only clearly below its threshold")
  func hysteresis() {
    var watch = ThresholdWatch()
    var thresholds = Self.thresholds
    thresholds.sustainedFor = .zero
    func observe(_ megabytes: Int, _ second: Int) -> [ThresholdWatch.Change] {
      watch.observe(Self.memory(megabytes), limits: Self.limits, thresholds: thresholds, at: .seconds(second))
    }
    #expect(observe(50, 0).count == 1)
    for second in 1..<20 { #expect(observe(second.isMultiple(of: 2) ? 50 : 46, second).isEmpty) }
    #expect(observe(44, 20) == [.cleared(.memory)])
    #expect(watch.raised.isEmpty)
    #expect(observe(44, 21).isEmpty)
    #expect(observe(55, 22).count == 1)
  }

  @Test("each resource has its own alert")
  func kinds() {
    var watch = ThresholdWatch()
    var thresholds = Self.thresholds
    thresholds.sustainedFor = .zero
    let all = ResourceUsage(
      memoryBytes: .max, cpuCores: .infinity, diskBytesPerSecond: .max, networkBytesPerSecond: .max)
    let changes = watch.observe(all, limits: Self.limits, thresholds: thresholds, at: .zero)
    #expect(changes.count == 4)
    #expect(watch.raised.map(\.resource) == [.cpu, .diskIO, .memory, .networkIO])
    let none = watch.observe(
      ResourceUsage(cpuCores: .nan), limits: Self.limits, thresholds: thresholds, at: .seconds(1))
    #expect(Set(none) == [.cleared(.memory), .cleared(.diskIO), .cleared(.networkIO)])
  }
}
