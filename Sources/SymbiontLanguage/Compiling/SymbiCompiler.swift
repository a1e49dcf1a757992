/// The way from a text to a program.
public enum SymbiCompiler {
  /// Parses, checks and compiles a text.
  ///
  /// All findings are in the result; a text with errors gives no program.
  public static func compile(_ source: SourceText, options: CompilerOptions = CompilerOptions()) -> CompilationResult {
    let tree = Parser.parse(source)
    let checked = Checker.check(tree, options: options)
    var found = checked.found
    var program: Program?
    if !tree.diagnostics.hasErrors, !found.sorted(endOffset: 0).hasErrors {
      let compiled = ProgramCompiler.compile(checked.module)
      program = compiled.program
      found.append(contentsOf: compiled.found)
    }
    return CompilationResult(tree: tree, diagnostics: merge(tree, found), program: program)
  }

  /// Parses and checks a text without compiling it.
  public static func check(_ source: SourceText, options: CompilerOptions = CompilerOptions()) -> CompilationResult {
    let tree = Parser.parse(source)
    let (_, found) = Checker.check(tree, options: options)
    return CompilationResult(tree: tree, diagnostics: merge(tree, found), program: nil)
  }

  private static func merge(_ tree: SyntaxTree, _ found: DiagnosticCollection) -> [Diagnostic] {
    (tree.diagnostics + found.sorted(endOffset: UInt32(truncatingIfNeeded: tree.source.bytes.count)))
      .sortedByPosition()
  }
}

extension [Diagnostic] {
  /// Whether one of them keeps the program from running.
  var hasErrors: Bool { contains { $0.severity == .error } }
}
