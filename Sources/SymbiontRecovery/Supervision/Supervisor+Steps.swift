import SymbiontCore

extension Supervisor.Verdict {
  /// What the runtime does, and the strategy that it amounts to.
  ///
  /// - Parameter preserveState: Whether agents keep their memory when they are started again.
  func plan(preserveState: Bool) -> (strategy: RecoveryStrategy, steps: [RecoveryStep]) {
    switch self {
    case .restart(let stop, let start):
      (
        .restart(preserveState: preserveState),
        stop.map { .stop($0) } + start.map { .start($0, preservingState: preserveState) }
      )
    case .leave: (.none, [])
    case .shutDown(let stop): (.terminate(cleanup: false), stop.map { .terminate($0, cleanup: false) })
    }
  }
}
