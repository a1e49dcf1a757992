public import SymbiontCore

extension ErrorClassification {
  /// The type of an error of which only the code is known; nil for a code that is not in the catalogue.
  public static func type(ofCode code: String) -> ErrorType? { types[code] }

  private static let types: [String: ErrorType] = {
    var types = [RuntimeError.internalCode: ErrorType.systemError]
    func add<Kind: ErrorKind>(_ kinds: Kind.Type, _ type: (Kind) -> ErrorType) {
      for kind in kinds.allCases { types[kind.rawValue] = type(kind) }
    }
    add(ResourceError.Kind.self) { Self.type(of: $0) }
    add(CommunicationError.Kind.self) { Self.type(of: $0) }
    add(SecurityError.Kind.self) { Self.type(of: $0) }
    add(SchedulerError.Kind.self) { Self.type(of: $0) }
    add(LifecycleError.Kind.self) { Self.type(of: $0) }
    add(ErrorHandlerError.Kind.self) { Self.type(of: $0) }
    add(ConfigurationError.Kind.self) { Self.type(of: $0) }
    add(PolicyError.Kind.self) { Self.type(of: $0) }
    add(SandboxError.Kind.self) { Self.type(of: $0) }
    add(AuditError.Kind.self) { Self.type(of: $0) }
    return types
  }()
}
