/// How long a repeat waits: twice as long each time, up to a bound, less a share that chance decides.
package struct RetryDelay: Sendable {
  package var first: Duration
  package var longest: Duration
  package var jitter: Double

  package init(_ options: SchedulerOptions) {
    first = options.retryDelay
    longest = options.longestRetryDelay
    jitter = options.retryJitter
  }

  /// The delay, in microseconds, after so many failed attempts, at least one.
  package func microseconds(afterFailures failures: Int, using generator: inout some RandomNumberGenerator) -> Int64 {
    let doublings = min(max(failures - 1, 0), 40)
    let (product, overflow) = first.microseconds.multipliedReportingOverflow(by: 1 << Int64(doublings))
    let full = overflow ? longest.microseconds : min(product, longest.microseconds)
    return full - Int64(Double(full) * jitter * Double.random(in: 0...1, using: &generator))
  }
}
