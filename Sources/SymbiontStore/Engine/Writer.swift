import Glibc
import Synchronization

/// Takes all submissions that wait, commits them in one transaction, then answers their callers.
///
/// It runs on the queue of its connection, never on a thread of the cooperative pool, and takes no time window to
/// gather submissions: those that arrive during a commit are the next batch.
final class Writer: Sendable {
  /// How often the writer gives way to returning callers at most before it takes what waits.
  private static let maximumPauses = 32

  let connection: Connection
  let configuration: StoreConfiguration
  private let queue: Mutex<SubmissionQueue>
  private let progress: Mutex<Progress>
  /// How often callers came with work.
  private let arrivals = Atomic<Int>(0)

  /// What the writer remembers from one batch to the next.
  struct Progress: Sendable {
    var statistics = StoreStatistics()
    var checkpoints: CheckpointPlan
    /// Why nothing more is written, once the disk has failed.
    var poison: StoreError?
  }

  init(connection: Connection, configuration: StoreConfiguration) {
    self.connection = connection
    self.configuration = configuration
    queue = Mutex(SubmissionQueue(limit: configuration.maximumQueuedSubmissions))
    progress = Mutex(
      Progress(
        checkpoints: CheckpointPlan(
          interval: configuration.checkpointPages, maximumPages: configuration.maximumLogPages)))
  }

  var statistics: StoreStatistics { progress.withLock { $0.statistics } }

  func noteArrival() { arrivals.wrappingAdd(1, ordering: .relaxed) }

  func submit(_ submission: Submission) {
    noteArrival()
    switch queue.withLock({ $0.enqueue(submission) }) {
    case .accepted(startsWriter: false): break
    case .accepted(startsWriter: true): connection.perform { session in self.drain(session) }
    case .refused(let error): submission.refuse(error)
    }
  }

  /// Admits nothing more.
  ///
  /// What was accepted is written before later work on the connection runs.
  func stopAdmitting() {
    queue.withLock { $0.close() }
  }

  private func drain(_ session: Connection.Session?) {
    while true {
      let batch = queue.withLock { $0.next(atMost: configuration.maximumBatch) }
      if batch.isEmpty { return }
      guard let session else {
        answer(batch.map { submission in { submission.refuse(.closed) } })
        continue
      }
      // Only this queue changes the progress, so a copy of it is current; the lock is not held while the disk is slow.
      var writing = BatchWriter(
        session: session, observer: configuration.observer, progress: progress.withLock { $0 })
      let answers = writing.write(batch)
      record(writing.progress)
      answer(answers)
      writing.checkpointIfDue()
      record(writing.progress)
      letCallersReturn()
    }
  }

  /// Lets the callers that were just answered come back with their next work, for as long as more of them do.
  ///
  /// Without it callers fall into two groups that take turns, and every fsync carries only half of them. It is no window
  /// of time: a writer to whom nobody comes goes on at once.
  private func letCallersReturn() {
    guard queue.withLock({ $0.waitingCount }) > 0 else { return }
    var former = arrivals.load(ordering: .relaxed)
    for _ in 0..<Self.maximumPauses {
      sched_yield()
      let now = arrivals.load(ordering: .relaxed)
      if now == former { return }
      former = now
    }
  }

  private func record(_ current: Progress) {
    progress.withLock { $0 = current }
    if let poison = current.poison { queue.withLock { $0.refuse(because: poison) } }
  }

  private func answer(_ answers: [Submission.Answer]) {
    queue.withLock { $0.answered(answers.count) }
    for answer in answers { answer() }
  }
}
