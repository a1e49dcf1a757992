import SymbiontCore
import SymbiontLanguage
import SymbiontStore

@testable import SymbiontCommands

/// The parts of the documents that are made from the catalogues of the code.
enum GeneratedText {
  /// All parts by the name that their markers in a document give.
  static let parts: [(document: String, name: String, text: String)] = [
    ("docs/errors.md", "components", ErrorCatalog.markdown),
    ("docs/errors.md", "executions and the store", storeErrors),
    ("docs/errors.md", "command line", commandErrors),
    ("docs/language.md", "effects", effects),
    ("docs/language.md", "builtins", builtins),
    ("docs/language.md", "diagnostics", diagnostics),
  ]

  private static func table(_ heading: [String], _ rows: [[String]]) -> String {
    let rule = heading.map { _ in "---" }
    return ([heading, rule] + rows).map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }

  // MARK: Errors

  private static var commandErrors: String {
    table(
      ["code", "retry", "meaning"],
      CommandProblem.allCases.map { ["`\($0.rawValue)`", $0.isRetryable ? "yes" : "no", $0.explanation] })
  }

  private static var storeErrors: String {
    table(
      ["code", "retry", "message"],
      StoreErrorSamples.all.map { error in
        StoreErrorSamples.requireSample(of: error)
        return ["`\(error.code)`", error.isRetryable ? "yes" : "no", "\(error)"]
      })
  }

  // MARK: The language

  private static var effects: String {
    let signatures = BuiltinSignature.all.compactMap { signature -> (BuiltinSignature, Effect)? in
      if case .effect(let effect) = signature.target { (signature, effect) } else { nil }
    }
    return table(
      ["call", "operation", "capability", "reaches outside"],
      signatures.map { signature, effect in
        [
          "`\(call(signature))`", effect.operation.map { "`\($0)`" } ?? "–", effect.requiredCapability ?? "–",
          effect.isOutside ? "yes" : "no",
        ]
      })
  }

  private static var builtins: String {
    let pure = BuiltinSignature.all.filter { signature in
      if case .builtin = signature.target { true } else { false }
    }
    return pure.map { "`\(call($0))`" }.joined(separator: " ·\n") + "\n"
  }

  /// How something is called: optional parameters end with `?`, options with `:`.
  private static func call(_ signature: BuiltinSignature) -> String {
    var parts = signature.parameters.enumerated().map { index, name in index < signature.required ? name : "\(name)?" }
    if signature.isVariadic { parts.append("…") }
    return "\(signature.name)(\((parts + signature.options.map { "\($0):" }).joined(separator: ", ")))"
  }

  private static var diagnostics: String {
    let entries = DiagnosticCatalog.syntax + DiagnosticCatalog.checker
    return table(["code", "meaning"], entries.map { ["`\($0.code)`", $0.title] })
  }
}
