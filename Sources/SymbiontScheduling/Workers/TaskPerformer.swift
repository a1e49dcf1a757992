public import SymbiontCore

/// Thrown by a performer that gives a task back, because it is stopping itself or cannot do it now: the attempt does not
/// count, and the task waits for the next one, after a restart too.
public struct TaskHandedBack: Error {
  /// How long the next attempt waits at least.
  public let delay: Duration

  /// Makes it.
  public init(after delay: Duration = .zero) {
    self.delay = delay
  }
}

/// Carries tasks out.
public protocol TaskPerformer: Sendable {
  /// Whether an attempt that the end of the process interrupted is the same attempt when it is carried out again: the
  /// performer knows what it did, so the scheduler counts nothing, whatever the task's ``InterruptionPolicy`` says.
  var resumesAttempts: Bool { get }

  /// Ends what an attempt may have left that is not carried out again, because its task was cancelled.
  func abandon(_ task: ScheduledTask) async

  /// Carries one attempt out, and gives its result.
  ///
  /// When the Swift task that runs it is cancelled, because the task was cancelled or its time is over, the performer
  /// stops the work, with every process that belongs to it, and returns or throws only when the work has stopped: the
  /// scheduler waits for it, and counts its place as taken until then. A result that is returned all the same is kept:
  /// what was done to its end is completed.
  ///
  /// - Throws: Why the attempt failed. An error with a code says itself whether another attempt may help; any other
  ///   error is taken to be worth one.
  func perform(_ attempt: TaskAttempt) async throws -> [UInt8]
}

extension TaskPerformer {
  /// The usual: it knows nothing of a former process.
  public var resumesAttempts: Bool { false }

  /// The usual: there is nothing.
  public func abandon(_ task: ScheduledTask) async {}
}
