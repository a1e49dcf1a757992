/// What became of a text.
public struct CompilationResult: Sendable {
  /// The tree of the text, whole even when the text is broken.
  public let tree: SyntaxTree
  /// Everything that was found, by position.
  public let diagnostics: [Diagnostic]
  /// The program; `nil` when there is an error, or when it was not asked for.
  public let program: Program?

  /// Whether the text cannot run.
  public var hasErrors: Bool { diagnostics.hasErrors }
}
