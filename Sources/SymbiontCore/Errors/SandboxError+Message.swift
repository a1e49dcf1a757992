extension SandboxError {
  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .engineMissing(let engine, let hint):
      "the sandbox engine \(quoted(engine)) is not to be found: \(hint)"
    case .engineFailed(let engine, let reason):
      "the sandbox engine \(quoted(engine)) failed: \(reason)"
    case .tierUnavailable(let tier, let reason):
      "no sandbox of `\(tier.name)` is available: \(reason)"
    case .limitUnenforceable(let limit, let reason):
      "the limit \(quoted(limit)) cannot be enforced, so nothing was started: \(reason)"
    case .configurationInvalid(let reason):
      "the configuration of the sandbox is invalid: \(reason)"
    case .sandboxNotFound(let sandboxID):
      "there is no sandbox `\(sandboxID)`: it may have been destroyed"
    case .sandboxAlreadyExists(let sandboxID):
      "sandbox `\(sandboxID)` already exists: destroy it first, or use another id"
    case .invalidState(let sandboxID, let status):
      "sandbox `\(sandboxID)` is `\(status.name)`, which does not allow this"
    case .startFailed(let reason):
      "the sandbox could not be started, and nothing ran in it: \(reason)"
    case .commandNotFound(let command):
      "there is no program \(quoted(command)) in the sandbox: check its name, or give its path"
    case .commandInvalid(let reason):
      "the command is invalid: \(reason)"
    case .executionFailed(let reason):
      "the command was started, but its end could not be learned: \(reason)"
    case .timedOut(let operation, let after):
      "the operation \(quoted(operation)) did not end within \(after): try again, or raise its timeout"
    case .outputTooLarge(let stream, let maximumBytes):
      """
      the command printed more than \(maximumBytes) bytes to \(quoted(stream)), and was killed: write to a \
      file instead
      """
    case .pathEscapesWorkspace(let path):
      """
      the path \(quoted(path)) leads out of the workspace: use a relative path without `..` and links that \
      lead out
      """
    case .pathInvalid(let path, let reason):
      "the path \(quoted(path)) cannot be used: \(reason)"
    case .notFound(let path):
      "there is no file \(quoted(path)) in the workspace: list the files to see their names"
    case .notAFile(let path, let found):
      "\(quoted(path)) is \(found), not a regular file"
    case .fileTooLarge(let path, let size, let maximum):
      "\(quoted(path)) has \(size) bytes, the maximum is \(maximum)"
    case .tooManyFiles(let path, let maximum):
      "\(quoted(path)) has more than \(maximum) entries: list a smaller directory"
    case .workspaceFull(let path):
      "there is no room for \(quoted(path)) in the workspace: delete files, or raise its limit"
    case .workspaceFailed(let path, let reason):
      "the workspace operation on \(quoted(path)) failed: \(reason)"
    case .cleanupFailed(let sandboxID, let reason):
      "what sandbox `\(sandboxID)` left could not be removed: \(reason)"
    case .cancelled(let operation):
      "the operation \(quoted(operation)) was cancelled, and what it had started was killed"
    case .imageInvalid(let image, let reason):
      "the image \(quoted(image)) is refused: \(reason)"
    case .imageNotFound(let image):
      "there is no image \(quoted(image)): list the images to see their names, or import it"
    case .imageInUse(let image):
      "the image \(quoted(image)) is used by sandboxes: destroy them first"
    case .imageStoreFailed(let reason):
      "the images could not be read or written: \(reason)"
    case .storeFailed(let reason):
      "the sandbox orchestrator could not reach the store: \(reason)"
    case .shuttingDown:
      "the sandbox orchestrator is shutting down: try again after the restart"
    }
  }
}
