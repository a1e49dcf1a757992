/// The course of a recovery as a table: which phase may follow which.
package enum RecoveryTable {
  /// What a recovery is doing.
  package enum Phase: Sendable, Hashable, CaseIterable {
    /// Nothing yet.
    case ready
    /// It lets the time before the next attempt pass.
    case waiting
    /// A step is under way.
    case performing
    /// All steps are done.
    case succeeded
    /// The last attempt failed, or was given up.
    case failed
  }

  /// The phases that may follow.
  package static func successors(of phase: Phase) -> Set<Phase> {
    switch phase {
    case .ready: [.waiting, .performing, .succeeded, .failed]
    case .waiting: [.performing, .failed]
    case .performing: [.waiting, .performing, .succeeded, .failed]
    case .succeeded, .failed: []
    }
  }
}
