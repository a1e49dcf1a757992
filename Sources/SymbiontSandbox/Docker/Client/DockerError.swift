import SymbiontCore

/// Why a call to the Docker Engine did not give what was asked for.
enum DockerError: Error, Hashable, CustomStringConvertible {
  /// There is no socket at the path.
  case socketMissing(path: String)
  /// The socket belongs to others.
  case permissionDenied(path: String)
  /// Nobody answers on the socket.
  case unreachable(path: String, reason: String)
  /// The answer did not come in time.
  case timedOut(operation: String, after: Duration)
  /// The engine answered that it will not or cannot do it.
  case refused(operation: String, status: Int, message: String)
  /// The answer is not what the protocol says.
  case invalidAnswer(operation: String, reason: String)
  /// The answer is longer than is kept.
  case answerTooLarge(operation: String, maximumBytes: Int)
  /// The connection ended before the answer did.
  case connectionLost(operation: String)
  /// The caller gave up.
  case cancelled(operation: String)

  var description: String {
    switch self {
    case .socketMissing(let path): "there is no socket at `\(path)`"
    case .permissionDenied(let path): "this user may not use the socket `\(path)`"
    case .unreachable(let path, let reason): "nothing answers on the socket `\(path)`: \(reason)"
    case .timedOut(let operation, let after): "`\(operation)` was not answered within \(after)"
    case .refused(let operation, let status, let message):
      "`\(operation)` was refused with status \(status): \(message)"
    case .invalidAnswer(let operation, let reason): "the answer to `\(operation)` makes no sense: \(reason)"
    case .answerTooLarge(let operation, let maximumBytes):
      "the answer to `\(operation)` has more than \(maximumBytes) bytes"
    case .connectionLost(let operation): "the connection ended before `\(operation)` was answered"
    case .cancelled(let operation): "`\(operation)` was cancelled"
    }
  }

  /// What to do about it, when the engine cannot be used at all.
  var hint: String? {
    switch self {
    case .socketMissing:
      "install the Docker Engine and start it, or name its socket with `\(DockerSocket.environmentVariable)=unix://PATH`"
    case .permissionDenied:
      "run as root, or as a user of the socket's group (whoever may use the socket has all rights on the machine)"
    case .unreachable: "start the Docker Engine: the socket is there, but no process listens on it"
    case .timedOut: "look at the log of the Docker Engine: it accepts connections and does not answer"
    default: nil
    }
  }

  /// The status that the engine refused with.
  var status: Int? {
    guard case .refused(_, let status, _) = self else { return nil }
    return status
  }

  /// The error for callers of the driver.
  func sandboxError(_ engine: SandboxEngine) -> SandboxError {
    switch self {
    case .socketMissing, .permissionDenied, .unreachable:
      .engineMissing(engine: engine.rawValue, hint: [description, hint].compactMap { $0 }.joined(separator: ": "))
    case .timedOut(let operation, let after): .timedOut(operation: "docker \(operation)", after: after)
    case .cancelled(let operation): .cancelled(operation: "docker \(operation)")
    case .refused, .invalidAnswer, .answerTooLarge, .connectionLost:
      .engineFailed(engine: engine.rawValue, reason: description)
    }
  }
}
