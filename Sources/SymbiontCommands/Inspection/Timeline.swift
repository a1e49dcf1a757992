import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontStore

/// Reads an execution with its journal, and those below it.
struct Timeline: Sendable {
  /// One execution and its effects.
  struct Entry: Sendable {
    let execution: ExecutionSummary
    var effects: [(effect: EffectSummary, children: [Entry])] = []
    /// Whether effects were left out.
    var isCut = false
  }

  /// Executions below executions, as deep as they are shown.
  private static let maximumDepth = 16
  private static let page = 1_000

  let journal: ExecutionJournal
  /// Effects of one execution that are read at most.
  let maximumEffects: Int

  /// Reads the entry of an execution.
  func entry(_ execution: ExecutionSummary, depth: Int = 0) async throws(StoreError) -> Entry {
    var entry = Entry(execution: execution)
    while entry.effects.count < maximumEffects {
      let count = min(Self.page, maximumEffects - entry.effects.count)
      let page = try await journal.effects(of: execution.id, from: entry.effects.count, limit: count)
      for effect in page {
        entry.effects.append((effect, try await children(of: execution.id, effect, depth: depth)))
      }
      guard page.count == count else { return entry }
    }
    entry.isCut = !(try await journal.effects(of: execution.id, from: maximumEffects, limit: 1)).isEmpty
    return entry
  }

  private func children(
    of id: ExecutionID, _ effect: EffectSummary, depth: Int
  ) async throws(StoreError) -> [Entry] {
    switch effect.effect {
    case .call?, .spawn?, .parallel?, .race?, .ask?: break
    default: return []
    }
    guard depth < Self.maximumDepth else { return [] }
    var children: [Entry] = []
    for child in try await journal.children(of: id, sequence: effect.sequence) {
      children.append(try await entry(child, depth: depth + 1))
    }
    return children
  }
}

extension Timeline.Entry {
  /// As JSON.
  var value: Value {
    guard case .record(var record) = ExecutionValue.value(of: execution) else { return .null }
    record["effects"] = .array(
      effects.map { ExecutionValue.value(of: $0.effect, children: $0.children.map(\.value)) })
    if isCut { record["effects_cut"] = true }
    return .record(record)
  }

  /// As lines for people, with times since the root began.
  func lines(since start: Timestamp, depth: Int = 0) -> [String] {
    let indent = String(repeating: "  ", count: depth)
    let kind = execution.isBranch ? "branch of \(execution.agentName)" : execution.agentName
    var lines = [
      "\(Self.offset(execution.createdAt - start))  \(indent)▸ \(kind)  \(execution.id)  \(execution.status.rawValue)"
    ]
    for (effect, children) in effects {
      lines.append("\(Self.offset(effect.startedAt - start))  \(indent)  \(Self.text(effect))")
      for child in children { lines += child.lines(since: start, depth: depth + 2) }
    }
    if isCut { lines.append("\(indent)  … more effects; raise --limit to see them") }
    return lines
  }

  private static let offsetWidth = 10

  private static func offset(_ duration: Duration) -> String {
    let text = TerminalText.duration(duration)
    return String(repeating: " ", count: max(0, offsetWidth - text.count)) + text
  }

  private static func text(_ effect: EffectSummary) -> String {
    let (symbol, note): (String, String) =
      switch (effect.status, effect.outcome) {
      case (.intended, _): ("?", "intended")
      case (.waiting, _): ("…", "waiting")
      case (.done, .failure(let error)?): ("✗", TerminalText.printable(error.kind))
      case (.done, _): ("✓", "")
      }
    let took = effect.finishedAt.map { TerminalText.duration($0 - effect.startedAt) } ?? ""
    let call = "\(effect.name) \(TerminalText.arguments(effect.arguments, effect.options))"
    return [symbol, call, note, took].filter { !$0.isEmpty }.joined(separator: "  ")
  }
}
