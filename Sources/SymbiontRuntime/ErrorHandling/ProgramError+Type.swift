internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery

extension ProgramError {
  /// The code under which the error handler keeps an execution's failure.
  static let failureCode = "EXECUTION_FAILED"
  /// The code under which it keeps that of an effect.
  static let effectCode = "EFFECT_FAILED"

  /// Which type of trouble it is.
  ///
  /// What a program throws on its own account is the program's affair, and nothing is recovered from it.
  var errorType: ErrorType {
    switch kind {
    case "PolicyDenied", "ApprovalDenied": .policyViolation
    case "ResourcesUnavailable", "LimitExceeded", "Timeout": .resourceExhaustion
    case "CircuitOpen": .networkError
    case "SandboxUnavailable": codedType ?? .systemError
    case "MessageError", "FileError": codedType ?? .validationError
    case "OutcomeUnknown", "JournalDamaged", "ReplayMismatch", "MachineMisuse": .systemError
    default: .validationError
    }
  }

  /// The type of the runtime's error that it carries.
  private var codedType: ErrorType? {
    data["code"]?.stringValue.flatMap { ErrorClassification.type(ofCode: $0) }
  }

  /// What the error handler keeps of it.
  func record(_ code: String) -> ErrorRecord {
    let isRetryable: Bool =
      switch errorType {
      case .resourceExhaustion, .networkError: true
      case .securityViolation, .policyViolation, .systemError, .validationError: false
      }
    return ErrorRecord(code: code, message: "\(kind): \(message)", isRetryable: isRetryable)
  }

  /// Whether an effect that ended with it says something about the operation, not about what the program asked for.
  var isOfOperation: Bool {
    switch kind {
    case "SandboxUnavailable", "ResourcesUnavailable", "OutcomeUnknown", "Timeout": true
    default: false
    }
  }

  /// Whether an effect that ended with it was surely never begun, so that it can be performed again in any case.
  var isBeforeAnything: Bool { kind == "SandboxUnavailable" }

  /// An operation that is refused because it failed too often.
  static func circuitOpen(_ operation: String, _ error: ErrorHandlerError) -> ProgramError {
    var data: Record = ["operation": .string(operation), "code": .string(error.code)]
    if case .circuitOpen(_, let until) = error { data["until"] = .float(EffectPlanner.seconds(until)) }
    return ProgramError(
      kind: "CircuitOpen", message: "`\(operation)` is not tried: \(error.message)", data: .record(data))
  }
}
