/// The table of the diagnostics' codes, from which the documentation is made.
public enum DiagnosticCatalog {
  /// One row of the table.
  public struct Entry: Sendable, Hashable {
    /// The stable code, for example `E0103`.
    public let code: String
    /// What the code stands for, in one line.
    public let title: String

    /// Makes a row.
    public init(code: String, title: String) {
      self.code = code
      self.title = title
    }
  }

  /// What the lexer (`E01…`) and the parser (`E02…`) report, by code.
  public static let syntax: [Entry] = SyntaxProblem.allCases.map { Entry(code: $0.rawValue, title: $0.title) }
}
