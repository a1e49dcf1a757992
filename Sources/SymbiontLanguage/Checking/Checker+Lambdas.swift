extension Checker {
  /// Checks a lambda; `expected` is the number of parameters that its receiver gives it.
  mutating func checkLambda(_ node: NodeID, expecting expected: Int?, by receiver: NameID?) -> StaticType {
    let parameters = tree.child(node, 0)
    let count = Int(tree.nodes[Int(parameters)].childCount)
    if let expected, let receiver, count != expected {
      report(
        .lambdaParameters,
        "`\(text(receiver))` calls its lambda with \(Self.count(expected, "argument")), this one takes \(count)",
        at: parameters)
    }
    let index = Int32(truncatingIfNeeded: module.lambdas.count)
    module.lambdas.append(Lambda(node: node, parameterCount: count))
    module.resolutions[Int(node)] = .lambda(index)
    lambdaStack.append(index)
    let enclosingLoops = loopDepth
    loopDepth = 0
    let scope = openScope()
    declareParameters(parameters)
    let body = tree.child(node, 1)
    if tree.kind(body) == .block { checkBlock(body, isValueUsed: true) } else { checkExpression(body) }
    closeScope(scope)
    loopDepth = enclosingLoops
    lambdaStack.removeLast()
    return .function
  }

  /// Declares the parameters of a function or lambda; a name may stand only once.
  mutating func declareParameters(_ parameters: NodeID) {
    stamp &+= 1
    for index in 0..<Int(tree.nodes[Int(parameters)].childCount) {
      let parameter = tree.child(parameters, index)
      guard tree.kind(parameter) == .parameter else { continue }
      let name = module.name(of: parameter)
      if name >= 0, isRepeated(name), tree.mainToken(parameter).kind == .identifier {
        report(.duplicateDeclaration, "there are two parameters called `\(text(name))`", at: mainRange(parameter))
      }
      declare(parameter, as: .parameter)
    }
  }

  /// "one argument", "3 arguments".
  static func count(_ number: Int, _ noun: String) -> String {
    switch number {
    case 0: "no \(noun)s"
    case 1: "one \(noun)"
    default: "\(number) \(noun)s"
    }
  }
}
