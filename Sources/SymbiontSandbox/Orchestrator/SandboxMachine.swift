import SymbiontCore

/// The life of one sandbox: which operation is legal in which state, and where it leads.
///
/// It only decides; the orchestrator carries out. Operations that change the sandbox exclude each other: while one is
/// under way every other one is refused, as in a state that does not allow it.
struct SandboxMachine: Sendable, Hashable {
  /// What can be asked of a sandbox.
  enum Operation: Sendable, Hashable, CaseIterable {
    case start, stop, destroy, pause, resume, snapshot, update, execute, transfer

    /// Whether it changes the sandbox, so that no other such operation may be under way.
    var isExclusive: Bool { self != .execute && self != .transfer }
  }

  /// Why an operation was refused.
  struct Refusal: Error, Sendable, Hashable {
    /// Where the sandbox is.
    var status: SandboxStatus
  }

  /// Where the sandbox is in its life.
  private(set) var status = SandboxStatus.created
  /// The exclusive operation that is under way.
  private(set) var current: Operation?

  init() {}

  /// Whether a state allows an operation.
  static func allows(_ operation: Operation, in status: SandboxStatus) -> Bool {
    switch (operation, status) {
    case (.start, .created), (.start, .stopped): true
    case (.stop, .running), (.stop, .paused): true
    case (.destroy, .created), (.destroy, .running), (.destroy, .paused), (.destroy, .stopped), (.destroy, .failed):
      true
    case (.pause, .running): true
    case (.resume, .paused): true
    case (.snapshot, .running), (.snapshot, .paused), (.snapshot, .stopped): true
    case (.update, .running), (.update, .paused): true
    case (.execute, .running), (.transfer, .running): true
    default: false
    }
  }

  /// Begins an operation, or refuses it.
  ///
  /// An exclusive one must be ended by ``finish()``, ``withdraw()`` or ``fail(reason:)``.
  mutating func begin(_ operation: Operation) throws(Refusal) {
    guard Self.allows(operation, in: status), !operation.isExclusive || current == nil else {
      throw Refusal(status: status)
    }
    guard operation.isExclusive else { return }
    current = operation
    switch operation {
    case .start: status = .starting
    case .stop, .destroy: status = .stopping
    case .pause, .resume, .snapshot, .update, .execute, .transfer: break
    }
  }

  /// The operation under way did what it was to do.
  mutating func finish() {
    switch current {
    case .start, .resume: arrive(at: .running)
    case .stop: arrive(at: .stopped)
    case .destroy: arrive(at: .destroyed)
    case .pause: arrive(at: .paused)
    case .snapshot, .update, .execute, .transfer, nil: break
    }
    current = nil
  }

  /// The operation under way changed nothing: the sandbox is where it was.
  ///
  /// Of an operation that passes through a state of its own nothing can be withdrawn; it fails.
  mutating func withdraw() {
    current = nil
  }

  /// The operation under way broke the sandbox.
  mutating func fail(reason: String) {
    current = nil
    status = .failed(reason: reason)
  }

  /// The sandbox ended by itself; false when that was to be expected.
  ///
  /// An operation under way goes on, and meets the end by itself.
  mutating func endedByItself(reason: String) -> Bool {
    switch status {
    case .running, .paused:
      status = .failed(reason: reason)
      return true
    case .created, .starting, .stopping, .stopped, .failed, .destroyed:
      return false
    }
  }

  /// What ended by itself meanwhile does not come back.
  private mutating func arrive(at next: SandboxStatus) {
    if case .failed = status, next != .destroyed { return }
    status = next
  }
}
