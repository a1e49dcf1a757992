/// What is known of a running QEMU from its greeting and its events.
package struct MachineFacts: Sendable, Hashable {
  /// Where a transfer of the machine's state is.
  package enum Transfer: Sendable, Hashable {
    case running
    case completed
    case failed
  }

  /// The version of QEMU; nil before its greeting.
  package var version: String?
  /// Whether a program in the machine has opened the channel to the host.
  package var isGuestListening = false
  /// Whether the processors run.
  package var isRunning = false
  /// The transfer that is going on or has ended; nil when there was none.
  package var transfer: Transfer?
  /// How fast each disk may be, in bytes a second, as it was asked for last; 0 is no bound.
  package var diskRates: [String: Int] = [:]
  /// Why the machine shuts down; nil while it does not.
  package var shutdown: String?

  package init() {}

  /// Takes a message into account.
  package mutating func apply(_ message: QMPMessage) {
    switch message {
    case .greeting(let version): self.version = version
    case .event(let event): apply(event)
    case .disks(_, let disks):
      diskRates = Dictionary(disks.map { ($0.name, $0.medium?.bytesPerSecond ?? 0) }) { first, _ in first }
    case .success, .failure, .unrecognized: break
    }
  }

  private mutating func apply(_ event: QMPEvent) {
    switch event.name {
    case "VSERPORT_CHANGE": isGuestListening = event.data?.open ?? isGuestListening
    case "STOP": isRunning = false
    case "RESUME": isRunning = true
    case "MIGRATION": apply(transferStatus: event.data?.status)
    case "SHUTDOWN": shutdown = event.data?.reason ?? "unknown"
    case "GUEST_PANICKED": shutdown = "guest-panic"
    default: break
    }
  }

  private mutating func apply(transferStatus: String?) {
    switch transferStatus {
    case "completed": transfer = .completed
    case "failed", "cancelled": transfer = .failed
    case .some: transfer = .running
    case nil: break
    }
  }
}
