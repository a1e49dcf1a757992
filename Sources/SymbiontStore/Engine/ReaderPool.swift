import DequeModule
import Synchronization

/// Runs short reads, each on a snapshot and on a connection that has nothing else to do, in the order they came.
final class ReaderPool: Sendable {
  private struct State {
    var idle: [Int]
    var waiting: Deque<Submission> = []
    var unanswered = 0
    var isClosed = false
  }

  private enum Admission {
    case start(reader: Int)
    case wait
    case refused(StoreError)
  }

  private let readers: [Connection]
  private let limit: Int
  private let maximumDuration: Duration
  private let isShared: Bool
  private let state: Mutex<State>

  /// - Parameter isShared: The readers are the writer of a store in memory, so a read must be kept from writing.
  init(readers: [Connection], configuration: StoreConfiguration, isShared: Bool) {
    self.readers = readers
    self.isShared = isShared
    limit = configuration.maximumQueuedReads
    maximumDuration = configuration.maximumReadDuration
    state = Mutex(State(idle: Array(readers.indices)))
  }

  func submit(_ submission: Submission) {
    let admission = state.withLock { state -> Admission in
      if state.isClosed { return .refused(.closed) }
      guard state.unanswered < limit else { return .refused(.overloaded(limit: limit)) }
      state.unanswered += 1
      if let reader = state.idle.popLast() { return .start(reader: reader) }
      state.waiting.append(submission)
      return .wait
    }
    switch admission {
    case .wait: break
    case .refused(let error): submission.refuse(error)
    case .start(let reader): readers[reader].perform { session in self.work(session, reader: reader, submission) }
    }
  }

  /// Admits nothing more.
  ///
  /// What was accepted runs before later work on the connections.
  func stopAdmitting() {
    state.withLock { $0.isClosed = true }
  }

  /// Closes the readers that are not shared, when their work is done.
  func close() {
    if !isShared { for reader in readers { reader.close() } }
  }

  /// Runs a read and then all that wait.
  ///
  /// A shared connection takes one at a time, so that writes have their turn.
  private func work(_ session: Connection.Session?, reader: Int, _ first: Submission) {
    var current: Submission? = first
    while let submission = current {
      let answer = read(submission, session)
      current = state.withLock { state in
        state.unanswered -= 1
        let next = state.waiting.popFirst()
        if next == nil { state.idle.append(reader) }
        return next
      }
      answer()
      if isShared, let next = current {
        readers[reader].perform { session in self.work(session, reader: reader, next) }
        return
      }
    }
  }

  private func read(_ submission: Submission, _ session: Connection.Session?) -> Submission.Answer {
    guard let session else { return { submission.refuse(.closed) } }
    do {
      return try session.read(submission, atMost: maximumDuration, preventingWrites: isShared)
    } catch {
      return { submission.refuse(error) }
    }
  }
}
