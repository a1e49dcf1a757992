package import SymbiontCore

/// An amount of everything that agents share, in whole numbers, so that sums are exact.
package struct ResourceAmount: Sendable, Hashable {
  /// Memory, in bytes.
  package var memoryBytes: Int
  /// Processor time, in millionths of a core.
  package var microcores: Int
  /// Sending and receiving, in bytes a second.
  package var networkBytesPerSecond: Int

  package static let zero = ResourceAmount(memoryBytes: 0, microcores: 0, networkBytesPerSecond: 0)
  /// The millionths of a core.
  package static let microcoresPerCore = 1_000_000

  package init(memoryBytes: Int, microcores: Int, networkBytesPerSecond: Int) {
    self.memoryBytes = memoryBytes
    self.microcores = microcores
    self.networkBytesPerSecond = networkBytesPerSecond
  }

  /// What limits take up; they must be valid.
  ///
  /// The rate of a disk is no part of it: nobody knows how much of it a machine has, so it is limited but not promised.
  package init(_ limits: ResourceLimits) {
    self.init(
      memoryBytes: limits.memoryBytes,
      microcores: Int((limits.cpuCores * Double(Self.microcoresPerCore)).rounded()),
      networkBytesPerSecond: limits.networkBytesPerSecond)
  }

  /// The cores, as people give them.
  package var cores: Double { Double(microcores) / Double(Self.microcoresPerCore) }

  /// The larger of each.
  package func union(_ other: ResourceAmount) -> ResourceAmount {
    combined(other) { max($0, $1) }
  }

  /// What is left after a percentage is kept back.
  package func keepingBack(percentage: Double) -> ResourceAmount {
    combined(self) { total, _ in Int((Double(total) * (100 - percentage) / 100).rounded(.down)) }
  }

  /// The sum; nil when it is not representable.
  func adding(_ other: ResourceAmount) -> ResourceAmount? {
    var overflows = false
    let sum = combined(other) { left, right in
      let (sum, overflow) = left.addingReportingOverflow(right)
      overflows = overflows || overflow
      return sum
    }
    return overflows ? nil : sum
  }

  /// The difference, each at least zero.
  func subtracting(_ other: ResourceAmount) -> ResourceAmount {
    combined(other) { max(0, $0 - $1) }
  }

  private func combined(_ other: ResourceAmount, _ body: (Int, Int) -> Int) -> ResourceAmount {
    ResourceAmount(
      memoryBytes: body(memoryBytes, other.memoryBytes), microcores: body(microcores, other.microcores),
      networkBytesPerSecond: body(networkBytesPerSecond, other.networkBytesPerSecond))
  }
}
