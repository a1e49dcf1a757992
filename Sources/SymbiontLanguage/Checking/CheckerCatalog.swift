extension DiagnosticCatalog {
  /// What the checker and the compiler report, by code.
  public static let checker: [Entry] = CheckerProblem.allCases.map { Entry(code: $0.rawValue, title: $0.title) }
}

extension CheckerProblem {
  /// What the code stands for, for the table of all codes.
  package var title: String {
    switch self {
    case .unknownName: "a name that nothing declares"
    case .unknownCallee: "a call of something that nothing declares"
    case .duplicateDeclaration: "a name that is declared twice"
    case .usedBeforeDeclaration: "a variable that is used where it is not declared yet, or no longer"
    case .duplicateKey: "a key that stands twice in a record"
    case .invalidAssignment: "an assignment to something that is no variable"
    case .outsideLoop: "`break` or `continue` outside a loop"
    case .misplacedDeclaration: "a block that cannot stand here, or stands here twice"
    case .nameInCondition: "a name that a policy condition cannot see"
    case .callInCondition: "a call that a policy condition cannot make"
    case .duplicateSetting: "a setting that is given twice"
    case .operandType: "an operator with operands that it does not take"
    case .argumentCount: "too few or too many arguments"
    case .unknownArgument: "a named argument that the callee does not take"
    case .duplicateArgument: "an argument that is given twice"
    case .conditionType: "a condition that is no bool"
    case .declaredType: "a value that is not of the declared type"
    case .invalidSetting: "a setting with a value that it does not take"
    case .invalidTool: "a tool that cannot run"
    case .invalidSubject: "a policy rule about something that is no operation"
    case .invalidPattern: "a pattern that cannot be matched"
    case .notCallable: "a call of something that is no function"
    case .typeArguments: "a type with the wrong number of type arguments"
    case .lambdaParameters: "a lambda with the wrong number of parameters"
    case .recursiveType: "a type that consists only of itself"
    case .functionTooLarge: "a function that needs more registers than a frame has"
    case .programTooLarge: "a program with more parts than an instruction can number"
    case .unreachable: "code that is never reached"
    case .unusedVariable: "a variable that is never read"
    case .unknownType: "a type that nothing declares"
    case .unknownSetting: "a setting that nothing reads"
    case .unknownOperation: "a policy rule about an operation that nothing performs"
    case .redeclared: "a variable that hides one of the same block"
    case .unknownAgent: "an agent that the file does not declare"
    case .assignmentToCapture: "an assignment that is lost when the lambda returns"
    case .missingCapability: "an effect that needs a capability the agent does not declare"
    case .unusedResult: "a call that has no effect"
    case .undecidable: "a name in a policy rule that can never be decided"
    }
  }
}
