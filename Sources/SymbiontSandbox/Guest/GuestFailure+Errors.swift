import SymbiontCore

extension GuestFailure {
  /// The error of an operation that has neither a command nor a path.
  func error(operation: String) -> SandboxError {
    switch code {
    case .tooManyChannels: .startFailed(reason: "\(operation): \(message)")
    case .unsupported: .configurationInvalid(reason: "\(operation): \(message)")
    case .aborted: .cancelled(operation: operation)
    default: .executionFailed(reason: "\(operation): \(message)")
    }
  }

  /// The error of a command that was not started.
  func error(command: String, workingDirectory: String) -> SandboxError {
    switch code {
    case .commandNotFound: .commandNotFound(command: command)
    case .commandNotExecutable: .commandInvalid(reason: "`\(command)` cannot be executed: \(message)")
    case .workingDirectory:
      .commandInvalid(reason: "the working directory `\(workingDirectory)` cannot be entered: \(message)")
    case .malformed: .commandInvalid(reason: message)
    case .aborted: .cancelled(operation: "run `\(command)`")
    default: .startFailed(reason: "`\(command)`: \(message)")
    }
  }

  /// The error of an operation on a file of the workspace.
  func error(path: String, maximum: Int) -> SandboxError {
    switch code {
    case .pathEscapes: .pathEscapesWorkspace(path: path)
    case .pathInvalid, .malformed: .pathInvalid(path: path, reason: message)
    case .notFound: .notFound(path: path)
    case .notAFile: .notAFile(path: path, found: message)
    case .noSpace: .workspaceFull(path: path)
    case .tooLarge: .fileTooLarge(path: path, size: maximum, maximum: maximum)
    case .tooManyEntries: .tooManyFiles(path: path, maximum: maximum)
    case .aborted: .cancelled(operation: "use `\(path)`")
    default: .workspaceFailed(path: path, reason: message)
    }
  }
}
