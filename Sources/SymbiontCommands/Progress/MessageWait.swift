import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime

/// Tells from the journal whether nothing but a message can let a data directory's executions go on.
enum MessageWait {
  /// With more executions than this the question is left open: the answer is a courtesy.
  private static let maximumExecutions = 50
  private static let page = 1_000

  /// Whether the root and every other unfinished execution waits, one of them for a message, and none for a time.
  static func isOnlyHope(of root: ExecutionID, _ journal: ExecutionJournal) async -> Bool {
    guard let executions = try? await journal.executions(limit: page), executions.count < page else { return false }
    let unfinished = executions.filter { $0.outcome == nil }
    guard unfinished.contains(where: { $0.id == root }), unfinished.count <= maximumExecutions else { return false }
    var waitsForMessage = false
    for execution in unfinished {
      guard execution.status == .waiting, let effect = await lastEffect(of: execution.id, journal),
        effect.status == .waiting, effect.options["timeout"] ?? .null == .null
      else { return false }
      switch effect.effect {
      case .receive?: waitsForMessage = true
      case .ask?, .call?, .parallel?, .race?: continue
      default: return false
      }
    }
    return waitsForMessage
  }

  private static func lastEffect(of id: ExecutionID, _ journal: ExecutionJournal) async -> EffectSummary? {
    var last: EffectSummary?
    while let effects = try? await journal.effects(of: id, from: (last?.sequence ?? -1) + 1, limit: page) {
      last = effects.last ?? last
      if effects.count < page { break }
    }
    return last
  }
}
