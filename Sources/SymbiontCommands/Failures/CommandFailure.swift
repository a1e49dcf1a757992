import SymbiontCore
import SymbiontRuntime
import SymbiontStore

/// Why a command ends without success: what people read on standard error, and the status.
struct CommandFailure: Error, Sendable {
  let code: String
  let message: String
  let hint: String?
  let status: ExitStatus

  init(_ problem: CommandProblem, _ message: String, hint: String? = nil, status: ExitStatus = .usage) {
    self.init(code: problem.rawValue, message: message, hint: hint, status: status)
  }

  init(code: String, message: String, hint: String? = nil, status: ExitStatus) {
    self.code = code
    self.message = message
    self.hint = hint
    self.status = status
  }

  /// The lines on standard error, without a line feed at the end.
  var report: String {
    let lines = ["error[\(code)]: \(TerminalText.printable(message, keepingLines: true))"]
    return (lines + [hint.map { "  = help: \(TerminalText.printable($0))" }].compactMap { $0 }).joined(separator: "\n")
  }
}

extension CommandFailure {
  /// An error of the runtime that ends a run: the data directory or the disk is not as it must be.
  init(_ error: any CodedError, hint: String? = nil, status: ExitStatus = .failure) {
    self.init(code: error.code, message: error.message, hint: hint, status: status)
  }

  /// An error of the store.
  ///
  /// A directory that cannot be used at all was the wrong one to name.
  init(_ error: StoreError, hint: String? = nil) {
    let status: ExitStatus =
      switch error {
      case .directoryUnusable, .ownedByAnotherProcess, .notAStore, .newerThanProgram, .olderThanProgram: .usage
      default: .failure
      }
    self.init(code: error.code, message: "\(error)", hint: hint, status: status)
  }

  /// An error of an execution that could not be started or followed.
  init(_ error: ExecutionError, hint: String? = nil) {
    switch error {
    case .storeFailed(let cause): self.init(cause, hint: hint)
    case .inputInvalid, .inputTooLarge, .executionNotFound:
      self.init(error as any CodedError, hint: hint, status: .usage)
    default: self.init(error as any CodedError, hint: hint)
    }
  }
}
