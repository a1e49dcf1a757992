/// Gathers diagnostics of one text without growing past a bound, and puts them in order.
package struct DiagnosticCollection: Sendable {
  /// More findings than this are counted, not kept: a damaged file must not cost more memory than its bytes.
  package static let maximumCount = 1000

  private var kept: [Diagnostic] = []
  private var droppedCount = 0

  package init() {}

  /// Whether nothing was found.
  package var isEmpty: Bool { kept.isEmpty }

  /// Adds a finding, or counts it when the bound is reached.
  package mutating func append(_ diagnostic: Diagnostic) {
    if kept.count < Self.maximumCount { kept.append(diagnostic) } else { droppedCount += 1 }
  }

  /// Adds a syntactic finding.
  package mutating func report(
    _ problem: SyntaxProblem, _ message: String, at range: Range<UInt32>, suggestion: String? = nil
  ) {
    guard kept.count < Self.maximumCount else {
      droppedCount += 1
      return
    }
    kept.append(Diagnostic(.error, code: problem.rawValue, message, at: range, suggestion: suggestion))
  }

  /// Adds what another collection holds.
  package mutating func append(contentsOf other: DiagnosticCollection) {
    for diagnostic in other.kept { append(diagnostic) }
    droppedCount += other.droppedCount
  }

  /// Removes the kept findings that the predicate names.
  package mutating func removeAll(where shouldRemove: (Diagnostic) -> Bool) {
    kept.removeAll(where: shouldRemove)
  }

  /// The findings by position, each once; a last one tells how many were dropped.
  package func sorted(endOffset: UInt32) -> [Diagnostic] {
    var result = kept.sortedByPosition()
    if droppedCount > 0 {
      result.append(
        Diagnostic(
          .error, code: SyntaxProblem.tooManyProblems.rawValue, "\(droppedCount) more problems are not listed",
          at: endOffset..<endOffset, suggestion: "mend the first ones and check again"))
    }
    return result
  }
}

extension [Diagnostic] {
  /// By position, then severity, then code; exact repetitions are dropped.
  package func sortedByPosition() -> [Diagnostic] {
    var seen: Set<Diagnostic> = []
    return filter { seen.insert($0).inserted }.sorted { left, right in
      if left.range.lowerBound != right.range.lowerBound { return left.range.lowerBound < right.range.lowerBound }
      if left.severity != right.severity { return left.severity == .error }
      return (left.code, left.range.upperBound, left.message) < (right.code, right.range.upperBound, right.message)
    }
  }
}
