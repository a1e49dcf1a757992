/// Why a sandbox could not be made or used.
///
/// A command that ends with a non-zero code is a result, not an error.
public enum SandboxError: CataloguedError, Hashable {
  /// The program that makes the sandbox is not installed.
  case engineMissing(engine: String, hint: String)
  /// The program that makes the sandbox failed.
  case engineFailed(engine: String, reason: String)
  /// No engine of the tier is usable, and a weaker one is never taken instead.
  case tierUnavailable(tier: SecurityTier, reason: String)
  /// The machine cannot enforce a limit, so nothing is started.
  case limitUnenforceable(limit: String, reason: String)
  /// The configuration of the sandbox is refused.
  case configurationInvalid(reason: String)
  /// There is no sandbox of this id.
  case sandboxNotFound(sandboxID: SandboxID)
  /// There already is a sandbox of this id.
  case sandboxAlreadyExists(sandboxID: SandboxID)
  /// The state of the sandbox does not allow the operation.
  case invalidState(sandboxID: SandboxID, status: SandboxStatus)
  /// The sandbox could not be started; nothing ran in it.
  case startFailed(reason: String)
  /// The program is not in the sandbox.
  case commandNotFound(command: String)
  /// The command cannot be run as it is given.
  case commandInvalid(reason: String)
  /// The command was started, and its end could not be learned.
  case executionFailed(reason: String)
  /// An operation on the sandbox did not end in time.
  case timedOut(operation: String, after: Duration)
  /// The command printed more than is kept, and was killed.
  case outputTooLarge(stream: String, maximumBytes: Int)
  /// The path leads out of the workspace.
  case pathEscapesWorkspace(path: String)
  /// The path cannot be used.
  case pathInvalid(path: String, reason: String)
  /// There is no such file in the workspace.
  case notFound(path: String)
  /// The path names something else than a regular file.
  case notAFile(path: String, found: String)
  /// The file is larger than is read or written at once.
  case fileTooLarge(path: String, size: Int, maximum: Int)
  /// The directory has more entries than are listed.
  case tooManyFiles(path: String, maximum: Int)
  /// There is no room left for the file.
  case workspaceFull(path: String)
  /// The system refused an operation on the workspace.
  case workspaceFailed(path: String, reason: String)
  /// What the sandbox left could not be removed.
  case cleanupFailed(sandboxID: SandboxID, reason: String)
  /// The caller gave up, and the command was killed.
  case cancelled(operation: String)
  /// The image is refused.
  case imageInvalid(image: String, reason: String)
  /// There is no image of this name.
  case imageNotFound(image: String)
  /// Sandboxes use the image, so it is not removed.
  case imageInUse(image: String)
  /// The system refused an operation on the images.
  case imageStoreFailed(reason: String)
  /// The store could not read or write what this needed; nothing was changed.
  case storeFailed(reason: String)
  /// The sandbox orchestrator no longer takes work, because the runtime stops.
  case shuttingDown
}
