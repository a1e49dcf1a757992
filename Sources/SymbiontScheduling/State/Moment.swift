public import SymbiontCore

/// One moment on both clocks of the scheduler.
public struct Moment: Sendable, Hashable {
  /// The civil time, which people and programs set.
  public var civil: Timestamp
  /// Microseconds of a clock that is never set.
  public var elapsed: Int64

  /// Makes a moment.
  public init(civil: Timestamp, elapsed: Int64) {
    self.civil = civil
    self.elapsed = elapsed
  }
}

extension Duration {
  /// Whole microseconds, towards zero; the nearest bound when they do not fit.
  package var microseconds: Int64 {
    let (seconds, attoseconds) = components
    let whole = seconds.multipliedReportingOverflow(by: 1_000_000)
    guard !whole.overflow else { return seconds < 0 ? .min : .max }
    let (sum, overflow) = whole.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : sum
  }
}
