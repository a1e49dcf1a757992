internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontStore

/// One execution in memory: its machine and where it stands in its journal.
struct ExecutionSession: Sendable {
  let id: ExecutionID
  let agentID: AgentID
  let program: LoadedProgram
  /// The agent as the pinned program declares it.
  let agent: AgentDescriptor
  /// The agent's arguments, for policy conditions.
  let parameters: [Value]
  let limits: ResourceLimits
  /// How strongly its commands are isolated at least.
  let tier: SecurityTier
  let deadline: Timestamp?
  let isBranch: Bool
  var machine: Machine
  /// The number of the effect that the machine waits for, or that comes next.
  var sequence: Int
  /// Outcomes that nothing outside has seen yet; they commit with the next effect that needs a commit.
  var deferred: [EffectRow] = []
  /// Effects since the last snapshot.
  var unsavedEffects = 0
  /// Instructions since it last waited.
  var fuelUsed = 0

  /// The name of the effect that the machine waits for: the same after a crash.
  var effectID: EffectID { Self.effectID(of: id, sequence: sequence) }

  static func effectID(of execution: ExecutionID, sequence: Int) -> EffectID {
    // The execution's random half is mixed with the number, the time-ordered half stays.
    let mixed = (execution.value.low ^ UInt64(truncatingIfNeeded: sequence)) &* 0x9E37_79B9_7F4A_7C15
    return EffectID(value: UniqueValue(high: execution.value.high, low: mixed ^ (mixed >> 31)))
  }
}

extension ExecutionSession {
  /// A snapshot above this size is written only when the journal since the last one is long.
  static let smallSnapshotBytes = 64 * 1024
  /// So many effects are replayed at most before a snapshot is worth its bytes.
  static let effectsBetweenSnapshots = 1_000

  /// The machine's snapshot when it is worth writing.
  mutating func takeSnapshot(force: Bool = false, waiting: Bool = false) -> [UInt8]? {
    let isDue = force || unsavedEffects >= Self.effectsBetweenSnapshots
    guard isDue || waiting else { return nil }
    let bytes = machine.encoded()
    guard isDue || bytes.count <= Self.smallSnapshotBytes else { return nil }
    unsavedEffects = 0
    return bytes
  }
}
