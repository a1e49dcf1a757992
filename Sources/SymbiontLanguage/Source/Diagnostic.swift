/// One finding about a source text: what is wrong, where, and what to do.
public struct Diagnostic: Sendable, Hashable {
  /// How much a finding matters.
  public enum Severity: String, Sendable, Hashable, Codable {
    /// The program cannot run.
    case error
    /// The program runs, but probably not as meant.
    case warning
  }

  /// Error or warning.
  public let severity: Severity
  /// The stable code, for example `E0101`; `docs/language.md` lists all of them.
  public let code: String
  /// What is wrong, lower case, with the offending text in backticks.
  public let message: String
  /// The bytes it is about.
  public let range: Range<UInt32>
  /// What to do, for example "did you mean `remember`?".
  public let suggestion: String?

  /// Makes a finding.
  public init(
    _ severity: Severity, code: String, _ message: String, at range: Range<UInt32>, suggestion: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.range = range
    self.suggestion = suggestion
  }
}
