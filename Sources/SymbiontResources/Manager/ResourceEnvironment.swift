package import SymbiontCore
import SymbiontSystem

/// What the resource manager knows of the world outside: tests hand in their own.
package struct ResourceEnvironment: Sendable {
  /// The civil time.
  package var now: @Sendable () -> Timestamp
  /// The time of a clock that is never set.
  package var elapsed: @Sendable () -> Duration
  /// Waits, until the task is cancelled.
  package var sleep: @Sendable (Duration) async throws -> Void
  /// What the machine has; nil when the kernel does not tell.
  package var totals: @Sendable () -> MachineTotals?
  /// The limits that the kernel can enforce.
  package var enforceable: @Sendable () throws(ControlGroupError) -> Set<ControlGroupLimit>
  /// The counters of a control group; nil when it is gone.
  package var counters: @Sendable (String) -> ControlGroupCounters?
  /// The space of a workspace; nil when it is gone.
  package var space: @Sendable (String) -> FileSpace?
  /// Calls the closure when the kernel announces something about a control group; nil when it is gone.
  package var listen: @Sendable (String, @escaping @Sendable () -> Void) -> (any Sendable)?

  package init(
    now: @escaping @Sendable () -> Timestamp, elapsed: @escaping @Sendable () -> Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void, totals: @escaping @Sendable () -> MachineTotals?,
    enforceable: @escaping @Sendable () throws(ControlGroupError) -> Set<ControlGroupLimit>,
    counters: @escaping @Sendable (String) -> ControlGroupCounters?, space: @escaping @Sendable (String) -> FileSpace?,
    listen: @escaping @Sendable (String, @escaping @Sendable () -> Void) -> (any Sendable)?
  ) {
    self.now = now
    self.elapsed = elapsed
    self.sleep = sleep
    self.totals = totals
    self.enforceable = enforceable
    self.counters = counters
    self.space = space
    self.listen = listen
  }

  /// This machine.
  ///
  /// - Parameter diskPath: A directory on the file system whose size counts.
  package static func machine(diskPath: String) -> ResourceEnvironment {
    let hierarchy = CgroupHierarchy(.current())
    let start = ContinuousClock.now
    return ResourceEnvironment(
      now: { .now() }, elapsed: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) },
      totals: { .current(diskPath: diskPath) },
      enforceable: { () throws(ControlGroupError) in try hierarchy.enforceable() },
      counters: { try? ControlGroup(path: $0, hierarchy: hierarchy).counters() }, space: { FileSpace(of: $0) },
      listen: { path, handler in
        try? ControlGroup(path: path, hierarchy: hierarchy).listen { _ in handler() }
      })
  }
}
