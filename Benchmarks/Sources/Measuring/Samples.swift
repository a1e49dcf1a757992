extension Collection where Element: Comparable {
  /// The element below which the given share of all elements lies, nil when there is none.
  package func percentile(_ share: Double) -> Element? {
    let ordered = sorted()
    guard !ordered.isEmpty else { return nil }
    return ordered[Swift.min(ordered.count - 1, Int(Double(ordered.count) * share))]
  }
}

extension Collection<Double> {
  /// The middle element, 0 when there is none.
  package var median: Double { percentile(0.5) ?? 0 }
}
