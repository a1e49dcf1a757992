import SymbiontCore
import SymbiontRecovery
import Testing

@Suite("The type of an error")
struct ErrorClassificationTests {
  /// Every code of the catalogue with its type, as the classification has it.
  private static func classified() -> [String: ErrorType] {
    var types: [String: ErrorType] = [RuntimeError.internalCode: ErrorClassification.type(of: .internal("text"))]
    func add<Kind: ErrorKind>(_ kinds: Kind.Type, _ type: (Kind) -> ErrorType) {
      for kind in Kind.allCases { types[kind.rawValue] = type(kind) }
    }
    add(ResourceError.Kind.self) { ErrorClassification.type(of: $0) }
    add(CommunicationError.Kind.self) { ErrorClassification.type(of: $0) }
    add(SecurityError.Kind.self) { ErrorClassification.type(of: $0) }
    add(SchedulerError.Kind.self) { ErrorClassification.type(of: $0) }
    add(LifecycleError.Kind.self) { ErrorClassification.type(of: $0) }
    add(ErrorHandlerError.Kind.self) { ErrorClassification.type(of: $0) }
    add(ConfigurationError.Kind.self) { ErrorClassification.type(of: $0) }
    add(PolicyError.Kind.self) { ErrorClassification.type(of: $0) }
    add(SandboxError.Kind.self) { ErrorClassification.type(of: $0) }
    add(AuditError.Kind.self) { ErrorClassification.type(of: $0) }
    return types
  }

  @Test("is known for every code of the catalogue, and is the one of the table")
  func isTotal() {
    let types = Self.classified()
    #expect(Set(types.keys) == Set(ErrorCatalog.entries.map(\.code)))
    #expect(Set(types.keys) == Set(ClassificationTable.types.keys))
    for (code, type) in types { #expect(ClassificationTable.types[code] == type, "\(code)") }
  }

  @Test("follows the component's error in every case of a runtime error")
  func dispatches() {
    let agent = AgentID()
    let samples: [(RuntimeError, ErrorType)] = [
      (.resource(.usageExceeded(agentID: agent, resource: "memory")), .resourceExhaustion),
      (.communication(.timedOut(operation: "ask", after: .seconds(1))), .networkError),
      (.security(.unauthenticated(reason: "r")), .securityViolation),
      (.scheduler(.queueFull(maxSize: 1)), .resourceExhaustion),
      (.lifecycle(.denied(agentID: agent, reasons: [])), .policyViolation),
      (.errorHandler(.shuttingDown), .systemError), (.configuration(.missing(field: "f")), .validationError),
      (.policy(.engineUnavailable(reason: "r")), .systemError),
      (.sandbox(.pathEscapesWorkspace(path: "../x")), .securityViolation),
      (.audit(.integrityViolated(auditID: nil, reason: "r")), .securityViolation), (.internal("r"), .systemError),
    ]
    for (error, type) in samples {
      #expect(ErrorClassification.type(of: error) == type)
      #expect(ClassificationTable.types[error.code] == type)
    }
    #expect(Set(samples.map(\.1)) == Set(ErrorType.allCases))
  }

  @Test("of what can never succeed unchanged is not one that is retried for ever")
  func retriesEnd() {
    for entry in ErrorCatalog.entries where !entry.isRetryable {
      guard let type = ClassificationTable.types[entry.code] else { continue }
      // The usual strategy bounds its attempts, or does not try at all.
      if case .retry(let maxAttempts, _) = StrategyBook.usual(for: type) { #expect(maxAttempts <= 3) }
    }
  }
}
