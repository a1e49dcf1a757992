/// The place of a ready task: those that waited longer go first, and among equals those that were taken first.
package struct ReadyKey: Sendable, Hashable, Comparable {
  /// When the task became ready, in microseconds of the clock that is never set.
  package var readyAt: Int64
  /// The place of the task in the order in which tasks were taken.
  package var sequence: Int64

  package init(readyAt: Int64, sequence: Int64) {
    self.readyAt = readyAt
    self.sequence = sequence
  }

  package static func < (left: ReadyKey, right: ReadyKey) -> Bool {
    left.readyAt == right.readyAt ? left.sequence < right.sequence : left.readyAt < right.readyAt
  }
}
