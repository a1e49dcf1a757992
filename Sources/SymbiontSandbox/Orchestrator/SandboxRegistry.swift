import SymbiontCore

/// The sandboxes that an orchestrator knows.
struct SandboxRegistry: Sendable {
  /// How many destroyed sandboxes are remembered, so that their status can still be told.
  static let rememberedDestroyed = 1_024

  private(set) var entries: [SandboxID: SandboxEntry] = [:]
  private var destroyed: Set<SandboxID> = []
  private var destroyedOrder: [SandboxID] = []
  private(set) var isShuttingDown = false

  enum Refusal: Error { case shuttingDown, exists, full }

  mutating func add(_ entry: SandboxEntry, maximum: Int) throws(Refusal) {
    guard !isShuttingDown else { throw .shuttingDown }
    guard entries[entry.id] == nil else { throw .exists }
    guard entries.count < maximum else { throw .full }
    entries[entry.id] = entry
  }

  /// Forgets a sandbox that never was.
  mutating func withdraw(_ sandboxID: SandboxID) { entries[sandboxID] = nil }

  /// Remembers only that it was.
  mutating func destroyed(_ sandboxID: SandboxID) {
    entries[sandboxID] = nil
    guard destroyed.insert(sandboxID).inserted else { return }
    destroyedOrder.append(sandboxID)
    if destroyedOrder.count > Self.rememberedDestroyed { destroyed.remove(destroyedOrder.removeFirst()) }
  }

  func wasDestroyed(_ sandboxID: SandboxID) -> Bool { destroyed.contains(sandboxID) }

  mutating func beginShutdown() { isShuttingDown = true }
}
