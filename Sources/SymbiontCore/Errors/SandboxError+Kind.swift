extension SandboxError {
  /// The kinds of this error, by their stable codes.
  public enum Kind: String, ErrorKind {
    case engineMissing = "SANDBOX_ENGINE_MISSING"
    case engineFailed = "SANDBOX_ENGINE_FAILED"
    case tierUnavailable = "SANDBOX_TIER_UNAVAILABLE"
    case limitUnenforceable = "SANDBOX_LIMIT_UNENFORCEABLE"
    case configurationInvalid = "SANDBOX_CONFIGURATION_INVALID"
    case sandboxNotFound = "SANDBOX_NOT_FOUND"
    case sandboxAlreadyExists = "SANDBOX_ALREADY_EXISTS"
    case invalidState = "SANDBOX_STATE_INVALID"
    case startFailed = "SANDBOX_START_FAILED"
    case commandNotFound = "SANDBOX_COMMAND_NOT_FOUND"
    case commandInvalid = "SANDBOX_COMMAND_INVALID"
    case executionFailed = "SANDBOX_EXECUTION_FAILED"
    case timedOut = "SANDBOX_TIMED_OUT"
    case outputTooLarge = "SANDBOX_OUTPUT_TOO_LARGE"
    case pathEscapesWorkspace = "SANDBOX_PATH_ESCAPES_WORKSPACE"
    case pathInvalid = "SANDBOX_PATH_INVALID"
    case notFound = "SANDBOX_FILE_NOT_FOUND"
    case notAFile = "SANDBOX_NOT_A_FILE"
    case fileTooLarge = "SANDBOX_FILE_TOO_LARGE"
    case tooManyFiles = "SANDBOX_TOO_MANY_FILES"
    case workspaceFull = "SANDBOX_WORKSPACE_FULL"
    case workspaceFailed = "SANDBOX_WORKSPACE_FAILED"
    case cleanupFailed = "SANDBOX_CLEANUP_FAILED"
    case cancelled = "SANDBOX_CANCELLED"
    case imageInvalid = "SANDBOX_IMAGE_INVALID"
    case imageNotFound = "SANDBOX_IMAGE_NOT_FOUND"
    case imageInUse = "SANDBOX_IMAGE_IN_USE"
    case imageStoreFailed = "SANDBOX_IMAGE_STORE_FAILED"
    case storeFailed = "SANDBOX_STORE_FAILED"
    case shuttingDown = "SANDBOX_SHUTTING_DOWN"

    /// The part of the runtime that reports these errors.
    public static var component: String { "sandbox" }

    /// Whether the same request can succeed later, unchanged.
    public var isRetryable: Bool {
      switch self {
      case .engineFailed, .startFailed, .timedOut, .workspaceFull, .workspaceFailed, .cleanupFailed, .cancelled,
        .imageInUse, .imageStoreFailed, .storeFailed, .shuttingDown:
        true
      case .engineMissing, .tierUnavailable, .limitUnenforceable, .configurationInvalid, .sandboxNotFound,
        .sandboxAlreadyExists, .invalidState, .commandNotFound, .commandInvalid, .executionFailed, .outputTooLarge,
        .pathEscapesWorkspace, .pathInvalid, .notFound, .notAFile, .fileTooLarge, .tooManyFiles, .imageInvalid,
        .imageNotFound:
        false
      }
    }

    /// What the error means, and what to do about it.
    public var explanation: String {
      switch self {
      case .engineMissing:
        """
        The program that makes the sandbox is not installed. Install it, or choose another tier; `symbi \
        doctor` shows what there is.
        """
      case .engineFailed:
        "The program that makes the sandbox failed for a reason of its own. The message repeats what it said."
      case .tierUnavailable:
        """
        No engine of the tier is usable, and a weaker one is never taken instead. `symbi doctor` shows what \
        is missing.
        """
      case .limitUnenforceable:
        """
        The machine cannot enforce a limit, so nothing was started. `symbi doctor` shows what is missing; \
        `--allow-unenforced-limits` weakens this by name.
        """
      case .configurationInvalid:
        "The configuration of the sandbox is refused. The message names the field and its bounds."
      case .sandboxNotFound:
        "No sandbox has this id. It may have been destroyed."
      case .sandboxAlreadyExists:
        "A sandbox of this id exists already. Destroy it first, or use another id."
      case .invalidState:
        """
        The state of the sandbox does not allow the operation. Read its status and choose an operation that \
        it allows.
        """
      case .startFailed:
        "The sandbox could not be started, and nothing ran in it. The message says which step failed."
      case .commandNotFound:
        "The program is not in the sandbox. Check its name, or give its path."
      case .commandInvalid:
        "The command cannot be run as it is given: it is empty, too long, or holds a zero byte."
      case .executionFailed:
        """
        The command was started, and its end could not be learned: it may have had its effect. Look before \
        repeating it.
        """
      case .timedOut:
        "An operation on the sandbox did not end in time. A command's own timeout is a result, not this error."
      case .outputTooLarge:
        """
        The command printed more than is kept, and was killed. Have it write to a file of the workspace \
        instead.
        """
      case .pathEscapesWorkspace:
        "The path leads out of the workspace. Use a relative path without `..` and links that lead out."
      case .pathInvalid:
        "The path cannot be used: it is empty, too long, or does not name a plain file or directory."
      case .notFound:
        "There is no such file in the workspace. List the files to see their names."
      case .notAFile:
        "The path names a directory, a pipe, a device or a socket where a regular file is needed."
      case .fileTooLarge:
        "The file is larger than is read or written at once. Split it, or raise the limit."
      case .tooManyFiles:
        "The directory has more entries than are listed at once. List a smaller directory."
      case .workspaceFull:
        "There is no room left in the workspace. Delete files, or raise its limit."
      case .workspaceFailed:
        "The system refused an operation on the workspace. The message repeats what it said."
      case .cleanupFailed:
        "What the sandbox left could not be removed. It is tried again at the next start."
      case .cancelled:
        "The caller gave up, and what was started was killed."
      case .imageInvalid:
        """
        The archive is no image that can be imported: it is damaged, hostile, for another machine, or too large. The \
        message says which; nothing of it was kept.
        """
      case .imageNotFound:
        "No image has this name. List the images, or import it with `symbi image import`."
      case .imageInUse:
        "The image is not removed while sandboxes use it. Destroy them first."
      case .imageStoreFailed:
        "The system refused an operation on the images, and nothing was changed. The message repeats what it said."
      case .storeFailed:
        """
        The store could not read or write what this needed, and nothing was changed. Look at the disk and the \
        log of the store, then try again.
        """
      case .shuttingDown:
        "The component no longer takes work because the runtime stops. Try again after the restart."
      }
    }
  }

  /// Which of the kinds this error is.
  public var kind: Kind {
    switch self {
    case .engineMissing: .engineMissing
    case .engineFailed: .engineFailed
    case .tierUnavailable: .tierUnavailable
    case .limitUnenforceable: .limitUnenforceable
    case .configurationInvalid: .configurationInvalid
    case .sandboxNotFound: .sandboxNotFound
    case .sandboxAlreadyExists: .sandboxAlreadyExists
    case .invalidState: .invalidState
    case .startFailed: .startFailed
    case .commandNotFound: .commandNotFound
    case .commandInvalid: .commandInvalid
    case .executionFailed: .executionFailed
    case .timedOut: .timedOut
    case .outputTooLarge: .outputTooLarge
    case .pathEscapesWorkspace: .pathEscapesWorkspace
    case .pathInvalid: .pathInvalid
    case .notFound: .notFound
    case .notAFile: .notAFile
    case .fileTooLarge: .fileTooLarge
    case .tooManyFiles: .tooManyFiles
    case .workspaceFull: .workspaceFull
    case .workspaceFailed: .workspaceFailed
    case .cleanupFailed: .cleanupFailed
    case .cancelled: .cancelled
    case .imageInvalid: .imageInvalid
    case .imageNotFound: .imageNotFound
    case .imageInUse: .imageInUse
    case .imageStoreFailed: .imageStoreFailed
    case .storeFailed: .storeFailed
    case .shuttingDown: .shuttingDown
    }
  }
}
