/// What the checker and the compiler can find wrong with a program.
///
/// The raw value is the stable code of the diagnostic.
package enum CheckerProblem: String, Sendable, CaseIterable {
  // Names.
  case unknownName = "E0301"
  case unknownCallee = "E0302"
  case duplicateDeclaration = "E0303"
  case usedBeforeDeclaration = "E0304"
  case duplicateKey = "E0305"
  case invalidAssignment = "E0306"
  case outsideLoop = "E0307"
  case misplacedDeclaration = "E0308"
  case nameInCondition = "E0309"
  case callInCondition = "E0310"
  case duplicateSetting = "E0311"
  // Types and arguments.
  case operandType = "E0401"
  case argumentCount = "E0402"
  case unknownArgument = "E0403"
  case duplicateArgument = "E0404"
  case conditionType = "E0405"
  case declaredType = "E0406"
  case invalidSetting = "E0407"
  case invalidTool = "E0408"
  case invalidSubject = "E0409"
  case invalidPattern = "E0410"
  case notCallable = "E0411"
  case typeArguments = "E0412"
  case lambdaParameters = "E0413"
  case recursiveType = "E0414"
  // Sizes.
  case functionTooLarge = "E0420"
  case programTooLarge = "E0421"
  // Warnings.
  case unreachable = "W0501"
  case unusedVariable = "W0502"
  case unknownType = "W0503"
  case unknownSetting = "W0504"
  case unknownOperation = "W0505"
  case redeclared = "W0506"
  case unknownAgent = "W0507"
  case assignmentToCapture = "W0508"
  case missingCapability = "W0509"
  case unusedResult = "W0510"
  case undecidable = "W0511"

  /// Warnings have codes that begin with `W`.
  package var severity: Diagnostic.Severity { rawValue.utf8.first == UInt8(ascii: "W") ? .warning : .error }
}
