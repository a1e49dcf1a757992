import SymbiontCore

extension RecoveryStrategy {
  /// The strategy as it is stored: its name and its payload, such as `retry 3 1000000` (microseconds).
  var text: String {
    switch self {
    case .retry(let maxAttempts, let backoff):
      let (seconds, attoseconds) = backoff.components
      return "retry \(maxAttempts) \(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)"
    case .restart(let preserveState): return preserveState ? "restart keep" : "restart fresh"
    case .failover(let backup): return backup.map { "failover \($0)" } ?? "failover any"
    case .terminate(let cleanup): return cleanup ? "terminate remove" : "terminate keep"
    case .manual(let reason): return "manual \(reason)"
    case .none: return "none"
    }
  }

  /// Reads the stored form; nil for anything else.
  init?(text: String) {
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts.first, parts.count == 2 ? parts[1] : nil) {
    case ("retry", let payload?):
      let numbers = payload.split(separator: " ")
      guard numbers.count == 2, let attempts = Int(numbers[0]), let backoff = Int64(numbers[1]) else { return nil }
      self = .retry(maxAttempts: attempts, backoff: .microseconds(backoff))
    case ("restart", "keep"): self = .restart(preserveState: true)
    case ("restart", "fresh"): self = .restart(preserveState: false)
    case ("failover", "any"): self = .failover(backupAgent: nil)
    case ("failover", let payload?):
      guard let backup = AgentID(String(payload)) else { return nil }
      self = .failover(backupAgent: backup)
    case ("terminate", "remove"): self = .terminate(cleanup: true)
    case ("terminate", "keep"): self = .terminate(cleanup: false)
    case ("manual", let reason?): self = .manual(reason: String(reason))
    case ("none", nil): self = .none
    default: return nil
    }
  }
}
