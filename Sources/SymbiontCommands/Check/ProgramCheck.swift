import SymbiontLanguage

/// Compiles a file and says what is wrong with it.
enum ProgramCheck {
  /// The program of a source; its warnings are shown.
  ///
  /// With errors, all of them are shown and the command ends.
  static func compile(_ source: SourceText) throws -> Program {
    let result = SymbiCompiler.compile(source)
    show(result.diagnostics, source)
    guard let program = result.program else { throw CommandEnd(status: .usage) }
    return program
  }

  /// Shows diagnostics on standard error.
  static func show(_ diagnostics: [Diagnostic], _ source: SourceText) {
    guard !diagnostics.isEmpty else { return }
    StandardStream.errors.write(DiagnosticRenderer.render(diagnostics, source) + "\n")
  }
}
