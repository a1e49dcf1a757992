/// A diagnostic with its place spelt out: what tools read as JSON.
public struct DiagnosticReport: Sendable, Hashable, Codable {
  /// The file's name, as the user gave it.
  public let file: String
  /// Error or warning.
  public let severity: Diagnostic.Severity
  /// The stable code, for example `E0206`.
  public let code: String
  /// What is wrong.
  public let message: String
  /// Where it begins.
  public let start: SourcePosition
  /// Where it ends; equal to ``start`` for something that is missing.
  public let end: SourcePosition
  /// What to do.
  public let suggestion: String?

  /// Spells out a diagnostic of a text.
  public init(_ diagnostic: Diagnostic, _ source: SourceText) {
    file = source.name
    severity = diagnostic.severity
    code = diagnostic.code
    message = diagnostic.message
    start = source.position(at: diagnostic.range.lowerBound)
    end = source.position(at: diagnostic.range.upperBound)
    suggestion = diagnostic.suggestion
  }
}
