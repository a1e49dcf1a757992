extension Duration {
  /// Whole microseconds towards zero, as many as fit.
  var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    let whole = seconds.multipliedReportingOverflow(by: 1_000_000)
    guard !whole.overflow else { return seconds < 0 ? .min : .max }
    return whole.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000_000).partialValue
  }
}
