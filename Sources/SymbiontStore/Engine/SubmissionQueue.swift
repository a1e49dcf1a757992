/// The writes that wait for the writer, and whether more are admitted.
struct SubmissionQueue: Sendable {
  enum Admission: Sendable {
    /// Accepted; the caller starts the writer when it was idle.
    case accepted(startsWriter: Bool)
    case refused(StoreError)
  }

  private let limit: Int
  private var waiting: [Submission] = []
  private var unanswered = 0
  private var isWriterActive = false
  private var refusal: StoreError?

  init(limit: Int, refusal: StoreError? = nil) {
    self.limit = limit
    self.refusal = refusal
  }

  var waitingCount: Int { waiting.count }

  mutating func enqueue(_ submission: Submission) -> Admission {
    if let refusal { return .refused(refusal) }
    guard unanswered < limit else { return .refused(.overloaded(limit: limit)) }
    unanswered += 1
    waiting.append(submission)
    defer { isWriterActive = true }
    return .accepted(startsWriter: !isWriterActive)
  }

  /// Everything that waits, up to `maximum` but at least one, oldest first.
  ///
  /// When nothing waits the writer becomes idle.
  mutating func next(atMost maximum: Int) -> ArraySlice<Submission> {
    guard !waiting.isEmpty else {
      isWriterActive = false
      return []
    }
    let batch = waiting.prefix(max(1, maximum))
    if batch.count == waiting.count { waiting = [] } else { waiting.removeFirst(batch.count) }
    return batch
  }

  /// Makes room for as many submissions as were answered.
  mutating func answered(_ count: Int) {
    unanswered -= count
  }

  /// Refuses everything from now on; what was accepted is still written.
  ///
  /// The first reason stands.
  mutating func refuse(because error: StoreError) {
    if refusal == nil { refusal = error }
  }

  /// Closing takes the place of any other reason.
  mutating func close() {
    refusal = .closed
  }
}
