import SymbiontCore
import SymbiontStore
import Synchronization

/// Gathers what callers of the bus want stored: what waits when the writer comes is a page that is written together, new
/// messages in common groups, and changes with one statement for each group.
///
/// An answer still follows the fsync of its own work. When the writer has to write a page again, each work has a savepoint
/// of its own, and when the page cannot be committed, each is submitted by itself: so only the guilty fail.
final class BusJournal: Sendable {
  typealias Answer = @Sendable () -> Void

  /// What one caller wants stored.
  struct Work: Sendable {
    /// New messages.
    var rows: [EnvelopeRow] = []
    /// Makes changes, and tells the caller where the new messages are; it may run again when it was rolled back.
    let body:
      @Sendable (inout EnvelopeChanges, borrowing StoreTransaction, ArraySlice<EnvelopeLocation>) throws
        -> Answer
    let refuse: @Sendable (StoreError) -> Void
  }

  /// Work that is written together; it is gathered once, when the writer comes.
  private final class Page: Sendable {
    struct Content: Sendable {
      let work: [Work]
      let rows: [EnvelopeRow]
      let firstGroup: Int64
      let locations: [EnvelopeLocation]
    }

    let content: Mutex<Content?>
    /// How often the writer has tried to write it.
    let runs = Atomic<Int>(0)

    init(_ content: Content? = nil) {
      self.content = Mutex(content)
    }
  }

  private static let maximumWaiting = 65_536
  private static let maximumWritten = 1_024

  private let store: Store
  private let waiting = Mutex<[Work]>([])
  private let nextGroup: Atomic<Int64>

  init(store: Store, nextGroup: Int64) {
    self.store = store
    self.nextGroup = Atomic(nextGroup)
  }

  /// Numbers for the groups of messages that a caller keeps in a transaction of its own; the first of them.
  func reserveGroups(for rows: [EnvelopeRow]) -> Int64 {
    let count = Int64(EnvelopeGroup.pieces(rows).count)
    return nextGroup.wrappingAdd(count, ordering: .relaxed).oldValue
  }

  /// Has work written; it is answered on the writer's thread, or at once when it is refused.
  func write(_ work: Work) {
    let count = waiting.withLock { waiting in
      guard waiting.count < Self.maximumWaiting else { return 0 }
      waiting.append(work)
      return waiting.count
    }
    switch count {
    case 0: work.refuse(.overloaded(limit: Self.maximumWaiting))
    case 1: submit(Page())
    default: store.noteArrival()
    }
  }

  private func submit(_ page: Page) {
    store.submit { transaction in
      let content = self.content(of: page)
      return page.runs.wrappingAdd(1, ordering: .relaxed).oldValue > 0
        ? try self.writeApart(content.work, in: transaction) : try self.write(content, in: transaction)
    } completion: { result in
      switch result {
      case .success(let answers): for answer in answers { answer() }
      case .failure(let error): self.failed(page, error)
      }
    }
  }

  /// Writes a page once more, work by work, and then each work by itself, unless nothing more is written at all.
  private func failed(_ page: Page, _ error: StoreError) {
    let work = content(of: page).work
    let isFinal =
      switch error {
      case .closed, .commitUnknown, .poisoned, .overloaded, .readOnly: true
      default: work.count == 1
      }
    if isFinal {
      for work in work { work.refuse(error) }
    } else if page.runs.load(ordering: .relaxed) < 2 {
      submit(page)
    } else {
      for work in work { submit(Page(content(of: [work]))) }
    }
  }

  /// What the page holds: from the first time on always the same.
  private func content(of page: Page) -> Page.Content {
    page.content.withLock { content in
      if let content { return content }
      let (work, isMore) = waiting.withLock { waiting in
        let work = Array(waiting.prefix(Self.maximumWritten))
        waiting.removeFirst(work.count)
        return (work, !waiting.isEmpty)
      }
      if isMore { submit(Page()) }
      let taken = self.content(of: work)
      content = taken
      return taken
    }
  }

  private func content(of work: [Work]) -> Page.Content {
    let rows = work.count == 1 ? work[0].rows : work.flatMap(\.rows)
    let firstGroup = reserveGroups(for: rows)
    return Page.Content(
      work: work, rows: rows, firstGroup: firstGroup, locations: EnvelopeGroup.locations(of: rows, from: firstGroup))
  }

  private func write(_ page: Page.Content, in transaction: borrowing StoreTransaction) throws -> [Answer] {
    try transaction.insertEnvelopes(page.rows, from: page.firstGroup)
    var changes = EnvelopeChanges()
    var (answers, taken): ([Answer], Int) = ([], 0)
    answers.reserveCapacity(page.work.count)
    for work in page.work {
      let own = taken..<taken + work.rows.count
      taken = own.upperBound
      answers.append(try work.body(&changes, transaction, page.locations[own]))
    }
    try changes.save(in: transaction)
    return answers
  }

  /// Writes each work so that its failure undoes nothing else.
  private func writeApart(_ work: [Work], in transaction: borrowing StoreTransaction) throws -> [Answer] {
    var answers: [Answer] = []
    for work in work {
      let result = try transaction.attempt { transaction in
        try self.write(self.content(of: [work]), in: transaction)
      }
      switch result {
      case .success(let own): answers += own
      case .failure(let error): answers.append { work.refuse(error) }
      }
    }
    return answers
  }
}

extension BusJournal {
  /// Keeps new messages, and tells where.
  func keep(
    _ rows: [EnvelopeRow], then answer: @escaping @Sendable (Result<ArraySlice<EnvelopeLocation>, StoreError>) -> Void
  ) {
    write(
      Work(rows: rows) { _, _, locations in
        { answer(.success(locations)) }
      } refuse: {
        answer(.failure($0))
      })
  }

  /// The same, and returns when it is durable.
  func keep(_ rows: [EnvelopeRow]) async throws(CommunicationError) -> ArraySlice<EnvelopeLocation> {
    try await answer { keep(rows, then: $0) }
  }

  /// Changes what is stored.
  func change<T: Sendable>(
    _ body: @escaping @Sendable (inout EnvelopeChanges, borrowing StoreTransaction) throws -> T,
    then answer: @escaping @Sendable (Result<T, StoreError>) -> Void
  ) {
    write(
      Work { changes, transaction, _ in
        let value = try body(&changes, transaction)
        return { answer(.success(value)) }
      } refuse: {
        answer(.failure($0))
      })
  }

  /// The same, and returns when it is durable.
  func change<T: Sendable>(
    _ body: @escaping @Sendable (inout EnvelopeChanges, borrowing StoreTransaction) throws -> T
  ) async throws(CommunicationError) -> T {
    try await answer { change(body, then: $0) }
  }

  private func answer<T: Sendable>(
    _ begin: (@escaping @Sendable (Result<T, StoreError>) -> Void) -> Void
  ) async throws(CommunicationError) -> T {
    let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<T, StoreError>, Never>) in
      begin { continuation.resume(returning: $0) }
    }
    do { return try result.get() } catch { throw CommunicationError(error) }
  }
}

extension EnvelopeChanges {
  /// Records how messages end; gives those that are over, as they have ended, but not what waits for another receiver by now.
  mutating func settle(
    _ settlements: [BusMachine.Settlement], at time: Timestamp, in transaction: borrowing StoreTransaction
  ) throws -> [BusMachine.Settlement] {
    var over: [BusMachine.Settlement] = []
    over.reserveCapacity(settlements.count)
    for settlement in settlements {
      let place = Int(settlement.location.place)
      var settlement = settlement
      if try open(settlement.location.group, in: transaction) {
        if group.isMoved(place) { continue }
        let isNew = group.end(
          settlement.id, at: place, as: settlement.ending.status, reason: settlement.ending.reason, time: time)
        // A transaction of the receiver's came first.
        if !isNew, group.isDelivered(settlement.id, at: place) { settlement.ending = .delivered }
      }
      over.append(settlement)
    }
    return over
  }

  /// Records that messages were taken: all of them, or none when one does not wait any more, which is given back.
  mutating func deliver(
    _ settlements: [BusMachine.Settlement], at time: Timestamp, in transaction: borrowing StoreTransaction
  ) throws -> MessageID? {
    for settlement in settlements {
      guard try open(settlement.location.group, in: transaction),
        group.isPending(settlement.id, at: Int(settlement.location.place), for: settlement.recipient)
      else { return settlement.id }
    }
    _ = try settle(settlements, at: time, in: transaction)
    return nil
  }
}
