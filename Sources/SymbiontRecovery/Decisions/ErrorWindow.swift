package import SymbiontCore

/// Which of the kept errors of an agent lie within a sliding window: those after `now - window`, by their numbers.
///
/// Errors are numbered from 1 in order of time, so the window is a range of numbers whose begin only moves forward: each
/// error is looked at once when it comes and once when it leaves.
package struct ErrorWindow: Sendable, Hashable {
  /// The number of the oldest error in the window; one more than the newest when there is none.
  package private(set) var first: Int
  /// The number of the newest error; 0 when there was none.
  package private(set) var last: Int

  package init(first: Int = 1, last: Int = 0) {
    self.first = first
    self.last = last
  }

  /// How many errors lie within.
  package var count: Int { last - first + 1 }

  /// Takes the next error, and gives its number.
  @discardableResult
  package mutating func append() -> Int {
    last += 1
    return last
  }

  /// Drops the errors that are not within any more, and those that are not kept: more than `maximum` never count.
  ///
  /// - Parameter time: The time of the error of a number; nil when it is not kept.
  package mutating func slide(
    to now: Timestamp, window: Duration, keeping maximum: Int, time: (Int) throws -> Timestamp?
  ) rethrows {
    first = max(first, last - maximum + 1)
    while first <= last {
      if let time = try time(first), now - time < window { return }
      first += 1
    }
  }
}
