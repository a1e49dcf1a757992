/// Decides after each commit whether the write-ahead log is copied into the database.
struct CheckpointPlan: Sendable, Equatable {
  enum Step: Sendable, Equatable {
    case wait
    /// Copy what no reader still needs, without waiting for anyone.
    case copy
    /// Wait a little for the readers, copy everything and start the log over.
    case startOver
  }

  private let interval: Int
  private let maximumPages: Int
  private var pagesAtLastCopy = 0
  private var pages = 0

  init(interval: Int, maximumPages: Int) {
    self.interval = max(1, interval)
    self.maximumPages = maximumPages
  }

  /// What to do now that the log holds so many pages.
  ///
  /// A log that a reader keeps from starting over is copied once an interval, not at each commit.
  mutating func step(pages current: Int) -> Step {
    if current < pages { pagesAtLastCopy = 0 }
    pages = current
    guard current - pagesAtLastCopy >= interval else { return .wait }
    pagesAtLastCopy = current
    return current >= maximumPages ? .startOver : .copy
  }
}
