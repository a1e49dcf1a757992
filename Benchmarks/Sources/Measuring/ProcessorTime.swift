import Foundation

/// The processor time that this process has used, in user and system mode, on all cores.
///
/// Unlike a rate it tells the cost of the work even where other programs share the machine.
package struct ProcessorTime: Sendable {
  private let start = Self.used()

  package init() {}

  /// The time used since this value was made.
  package var elapsed: Duration { Self.used() - start }

  private static func used() -> Duration {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return [usage.ru_utime, usage.ru_stime].reduce(.zero) {
      $0 + .seconds($1.tv_sec) + .microseconds($1.tv_usec)
    }
  }
}
