import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime

/// What a progress display knows: the executions it has seen and the effects that are being performed.
///
/// Pure book-keeping: it is told events with their times, and gives the lines that are complete.
struct ProgressState: Sendable {
  /// An effect that has no outcome yet.
  private struct Open: Sendable {
    var line: ProgressLine
    var startedAt: ContinuousClock.Instant
    /// Set while the execution waits; then its outcome is in the journal when it goes on.
    var waitsFor: Effect?
    var sequence: Int
    var hasTimeout: Bool
  }

  private var depths: [ExecutionID: Int] = [:]
  private var open: [ExecutionID: Open] = [:]
  /// The order in which the open effects began.
  private var order: [ExecutionID] = []

  private static let names: [Effect: String] = Dictionary(
    BuiltinSignature.all.compactMap { signature in
      if case .effect(let effect) = signature.target { (effect, signature.name) } else { nil }
    }, uniquingKeysWith: { first, _ in first })

  /// The lines of the effects that are being performed, oldest first.
  var openLines: [ProgressLine] { order.compactMap { open[$0]?.line } }

  /// Whether an execution has been introduced.
  func knows(_ id: ExecutionID) -> Bool { depths[id] != nil }

  /// Introduces an execution, and gives its first line.
  ///
  /// Branches of `parallel` and `race` have none: they are the agent.
  mutating func introduce(_ id: ExecutionID, parent: ExecutionID?, agent: String, isBranch: Bool) -> ProgressLine? {
    let depth = parent.map { (depths[$0] ?? 0) + 1 } ?? 0
    depths[id] = depth
    guard !isBranch else { return nil }
    return ProgressLine(depth: depth, mark: .begun, text: agent)
  }

  /// The number of the effect that an execution waits for, when it does.
  func waitingSequence(_ id: ExecutionID) -> Int? { open[id].flatMap { $0.waitsFor == nil ? nil : $0.sequence } }

  /// An effect is being performed.
  mutating func started(
    _ id: ExecutionID, sequence: Int, request: EffectRequest, operation: String, at time: ContinuousClock.Instant
  ) {
    let arguments = TerminalText.arguments(request.arguments, request.options)
    // Policies speak of operations, programs of names: `memory_write` is `remember` here, `tool:NAME` stays.
    let name = Self.names[request.effect] ?? operation
    let line = ProgressLine(
      depth: (depths[id] ?? 0) + 1, mark: .running, text: arguments.isEmpty ? name : "\(name) \(arguments)")
    let hasTimeout = request.options["timeout"].map { $0 != .null } ?? false
    if open.updateValue(
      Open(line: line, startedAt: time, waitsFor: nil, sequence: sequence, hasTimeout: hasTimeout), forKey: id) == nil
    {
      order.append(id)
    }
  }

  /// An execution waits for the outcome of its effect.
  mutating func waits(_ id: ExecutionID, for effect: Effect) { open[id]?.waitsFor = effect }

  /// An effect has its outcome: gives its line.
  mutating func finished(
    _ id: ExecutionID, _ outcome: EffectOutcome?, at time: ContinuousClock.Instant
  ) -> ProgressLine? {
    guard var line = open[id]?.line, let startedAt = open[id]?.startedAt else { return nil }
    remove(id)
    line.duration = time - startedAt
    switch outcome {
    case .value?: line.mark = .done
    case .failure(let error)?:
      line.mark = .failed
      line.note = TerminalText.printable(error.kind)
    case nil:
      line.mark = .failed
      line.note = "cancelled"
    }
    return line
  }

  /// An execution ended; an effect that was under way then was cancelled.
  mutating func ended(_ id: ExecutionID, at time: ContinuousClock.Instant) -> ProgressLine? {
    finished(id, nil, at: time)
  }

  private mutating func remove(_ id: ExecutionID) {
    open[id] = nil
    order.removeAll { $0 == id }
  }

  /// Whether every execution waits, one of them for a message, and none for a time: then only a sender can help.
  var waitsForMessagesOnly: Bool {
    !open.isEmpty && open.values.contains { $0.waitsFor == .receive }
      && open.values.allSatisfy { effect in
        switch effect.waitsFor {
        case .receive?, .ask?, .call?, .parallel?, .race?: !effect.hasTimeout
        default: false
        }
      }
  }
}
