/// What the lexer and the parser can find wrong with a text.
///
/// The raw value is the stable code of the diagnostic.
package enum SyntaxProblem: String, Sendable, CaseIterable {
  // Lexical.
  case unknownCharacter = "E0101"
  case invalidEncoding = "E0102"
  case unclosedString = "E0103"
  case unknownEscape = "E0104"
  case unclosedComment = "E0105"
  case malformedNumber = "E0106"
  case numberTooLarge = "E0107"
  case emptySecretReference = "E0108"
  case textTooLarge = "E0109"
  // Syntactic.
  case tooManyProblems = "E0200"
  case unexpectedToken = "E0201"
  case missingSemicolon = "E0202"
  case unclosedBracket = "E0203"
  case expectedDeclaration = "E0204"
  case expectedName = "E0205"
  case expectedExpression = "E0206"
  case expectedType = "E0207"
  case expectedPattern = "E0208"
  case missingComma = "E0209"
  case comparisonChain = "E0210"
  case invalidPlace = "E0211"
  case nestedTooDeeply = "E0212"
  case unknownPolicyRule = "E0213"
  case missingCatch = "E0214"
  case unknownConstructor = "E0215"
  case misplacedRest = "E0216"
  case expectedSetting = "E0217"
  case expectedBlock = "E0218"

  /// What the code stands for, for the table of all codes.
  package var title: String {
    switch self {
    case .unknownCharacter: "a character that begins no token"
    case .invalidEncoding: "bytes that are not UTF-8"
    case .unclosedString: "a string without its closing quote"
    case .unknownEscape: "an escape that strings do not know"
    case .unclosedComment: "a `/*` without its `*/`"
    case .malformedNumber: "a number with a wrong unit or a stray `_`"
    case .numberTooLarge: "a number that does not fit"
    case .emptySecretReference: "`vault://` without a path"
    case .textTooLarge: "a file that is larger than the language reads"
    case .tooManyProblems: "more problems than are kept for one file"
    case .unexpectedToken: "a token that cannot stand here"
    case .missingSemicolon: "a statement without its `;`"
    case .unclosedBracket: "a bracket that is not closed"
    case .expectedDeclaration: "something else than a declaration at the top of a file"
    case .expectedName: "a missing name"
    case .expectedExpression: "a missing expression"
    case .expectedType: "a missing type"
    case .expectedPattern: "a missing pattern"
    case .missingComma: "a missing `,` in a list"
    case .comparisonChain: "a chain of comparisons"
    case .invalidPlace: "an assignment to something that is no place"
    case .nestedTooDeeply: "code that is nested too deeply"
    case .unknownPolicyRule: "a policy rule that is not `allow`, `deny`, `require` or `audit`"
    case .missingCatch: "a `try` without a `catch`"
    case .unknownConstructor: "a pattern with an unknown constructor"
    case .misplacedRest: "a `..` that is not the last of its array pattern"
    case .expectedSetting: "something else than a setting in a block of settings"
    case .expectedBlock: "a missing block"
    }
  }
}
