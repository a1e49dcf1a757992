/// All codes of the runtime's errors, with their meaning: the source of the table in `docs/errors.md`.
public enum ErrorCatalog {
  /// One code of the catalogue.
  public struct Entry: Sendable, Hashable {
    /// The stable code, such as `AGENT_NOT_FOUND`.
    public let code: String
    /// The part of the runtime that reports it.
    public let component: String
    /// Whether the same request can succeed later, unchanged.
    public let isRetryable: Bool
    /// What the error means, and what to do about it.
    public let explanation: String
  }

  /// All entries, by component, in the order in which the errors are declared.
  public static let entries: [Entry] =
    entries(of: LifecycleError.Kind.self) + entries(of: ResourceError.Kind.self)
    + entries(of: SchedulerError.Kind.self) + entries(of: CommunicationError.Kind.self)
    + entries(of: ErrorHandlerError.Kind.self) + entries(of: PolicyError.Kind.self)
    + entries(of: SandboxError.Kind.self) + entries(of: AuditError.Kind.self)
    + entries(of: SecurityError.Kind.self) + entries(of: ConfigurationError.Kind.self) + [internalFault]

  /// The entry of a code; nil for a code that the runtime does not report.
  public static func entry(for code: String) -> Entry? {
    entriesByCode[code]
  }

  /// The catalogue as a Markdown table.
  public static var markdown: String {
    let rows = entries.map { entry in
      "| `\(entry.code)` | \(entry.component) | \(entry.isRetryable ? "yes" : "no") | \(entry.explanation) |"
    }
    return (["| code | component | retry | meaning |", "| --- | --- | --- | --- |"] + rows).joined(separator: "\n")
      + "\n"
  }

  private static let internalFault = Entry(
    code: RuntimeError.internalCode, component: "runtime", isRetryable: false,
    explanation: "A fault of the runtime itself. Please report it with its message and the log around it.")

  private static let entriesByCode = Dictionary(entries.map { ($0.code, $0) }) { first, _ in first }

  private static func entries<Kind: ErrorKind>(of kinds: Kind.Type) -> [Entry] {
    Kind.allCases.map { kind in
      Entry(
        code: kind.rawValue, component: Kind.component, isRetryable: kind.isRetryable, explanation: kind.explanation)
    }
  }
}
