import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime

/// Carries events from the runtime, which must not wait, to a display, which may.
struct ProgressFeed: Sendable {
  /// An event and when it came.
  private struct Stamped: Sendable {
    let event: ExecutionEvent
    let time: ContinuousClock.Instant
  }

  /// Events that wait to be shown; when a display is this far behind, the newest are not shown.
  private static let capacity = 65_536

  private let stamped: AsyncStream<Stamped>
  private let continuation: AsyncStream<Stamped>.Continuation
  let display: ProgressDisplay
  /// What to say when nothing but a message from outside can help.
  private let stuckNote: @Sendable () -> String

  init(display: ProgressDisplay, stuckNote: @escaping @Sendable () -> String) {
    self.display = display
    self.stuckNote = stuckNote
    (stamped, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.capacity))
  }

  /// Takes an event; returns at once.
  func take(_ event: ExecutionEvent) { continuation.yield(Stamped(event: event, time: .now)) }

  /// No more events come.
  func end() { continuation.finish() }

  /// Shows events until no more come.
  ///
  /// - Parameter root: The execution that is waited for.
  func run(_ root: ExecutionID, _ journal: ExecutionJournal) async {
    var state = ProgressState()
    // What waited already when this run began sends no event.
    var isStuckSaid = await MessageWait.isOnlyHope(of: root, journal)
    if isStuckSaid { display.note(stuckNote()) }
    for await stamped in stamped {
      let lines = await apply(stamped, to: &state, journal)
      display.show(lines, open: state.openLines)
      if !isStuckSaid, state.waitsForMessagesOnly, case .waiting(.receive) = stamped.event.kind,
        await Self.isStuck(root, journal)
      {
        isStuckSaid = true
        display.note(stuckNote())
      }
    }
    display.finish()
  }

  private func apply(
    _ stamped: Stamped, to state: inout ProgressState, _ journal: ExecutionJournal
  ) async -> [ProgressLine] {
    let (event, id) = (stamped.event, stamped.event.execution)
    var lines: [ProgressLine] = []
    if !state.knows(id), !event.agent.isEmpty {
      let summary = try? await journal.execution(id)
      let first = state.introduce(
        id, parent: summary?.parent?.execution, agent: event.agent, isBranch: summary?.isBranch ?? false)
      if let first { lines.append(first) }
    }
    switch event.kind {
    case .activated:
      guard let sequence = state.waitingSequence(id) else { break }
      let effect = try? await journal.effects(of: id, from: sequence, limit: 1).first
      lines += [state.finished(id, effect?.outcome, at: stamped.time)].compactMap { $0 }
    case .effectStarted(let request, let operation):
      // What an agent logs is shown as a line of its own.
      guard request.effect != .log else { break }
      state.started(id, sequence: event.sequence, request: request, operation: operation, at: stamped.time)
    case .effectFinished(_, let outcome):
      lines += [state.finished(id, outcome, at: stamped.time)].compactMap { $0 }
    case .waiting(let effect): state.waits(id, for: effect)
    case .finished: lines += [state.ended(id, at: stamped.time)].compactMap { $0 }
    }
    return lines
  }

  /// Executions that are looked through at most.
  private static let stuckSearch = 1_000

  /// Whether the root waits and no execution is ready to run: what is about to run has sent no event yet.
  private static func isStuck(_ root: ExecutionID, _ journal: ExecutionJournal) async -> Bool {
    guard let executions = try? await journal.executions(limit: stuckSearch) else { return false }
    return executions.contains { $0.id == root && $0.status == .waiting }
      && !executions.contains { $0.status == .ready }
  }
}
