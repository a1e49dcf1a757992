import SymbiontSystem
import Synchronization

/// Kills a command, and remembers the first reason why.
final class StopSwitch: Sendable {
  /// Why a command was killed.
  enum Reason: Sendable, Hashable {
    case timeout
    case outputLimit
    case cancelled
  }

  private let process: ProcessHandle
  private let first = Mutex<Reason?>(nil)

  init(_ process: ProcessHandle) {
    self.process = process
  }

  /// The first reason; nil when nobody wanted the command killed.
  var reason: Reason? { first.withLock { $0 } }

  /// Kills the command's first process.
  ///
  /// The kernel then kills every other process of its namespace, however it detached itself.
  func stop(_ reason: Reason) {
    first.withLock { $0 = $0 ?? reason }
    process.kill()
  }
}
