extension Checker {
  /// Checks a call: of a name, of a method (`x.len()` is `len(x)`), or of a value.
  mutating func checkCall(_ node: NodeID) -> StaticType {
    let callee = tree.child(node, 0)
    switch tree.kind(callee) {
    case .identifier:
      let name = module.name(of: callee)
      guard let target = target(of: name) else { return checkUnknownCallee(name, of: node) }
      module.resolutions[Int(callee)] = target
      guard target.kind == .callable else {
        read(target.index)
        return checkValueCall(node)
      }
      return checkCallable(target.index, node, receiver: nil)
    case .member:
      if let target = target(of: module.name(of: callee)), target.kind == .callable {
        module.resolutions[Int(callee)] = target
        return checkCallable(target.index, node, receiver: tree.child(callee, 0))
      }
      checkExpression(callee)
      return checkValueCall(node)
    default:
      let type = checkExpression(callee)
      if type.isCertain, type != .function {
        report(.notCallable, "`\(type.name)` cannot be called", at: callee)
      }
      return checkValueCall(node)
    }
  }

  /// The arguments of a closure have no names that could be checked.
  private mutating func checkValueCall(_ node: NodeID) -> StaticType {
    if unit == .condition {
      report(.callInCondition, "a policy condition can only call pure builtins", at: node)
    }
    for index in 1..<max(1, Int(tree.nodes[Int(node)].childCount)) {
      let argument = tree.child(node, index)
      if tree.kind(argument) == .namedArgument {
        report(
          .unknownArgument, "the arguments of a lambda have no names, found `\(tree.mainText(argument))`",
          at: mainRange(argument), suggestion: "give it by position")
        checkExpression(tree.child(argument, 0))
      } else {
        checkExpression(argument)
      }
    }
    return .unknown
  }

  private mutating func checkUnknownCallee(_ name: NameID, of node: NodeID) -> StaticType {
    let callee = tree.child(node, 0)
    if agentOfName[name] != nil {
      report(
        .notCallable, "`\(text(name))` is an agent", at: callee,
        suggestion: "use `call(\(text(name)), { … })`, or `spawn` to go on without waiting")
    } else if name >= 0, tree.mainToken(callee).kind == .identifier {
      reportUnknownName(name, at: callee, isCallee: true)
    }
    for index in 1..<max(1, Int(tree.nodes[Int(node)].childCount)) {
      let argument = tree.child(node, index)
      checkExpression(tree.kind(argument) == .namedArgument ? tree.child(argument, 0) : argument)
    }
    return .unknown
  }

  private mutating func checkCallable(_ index: Int32, _ node: NodeID, receiver: NodeID?) -> StaticType {
    let callable = module.callables[Int(index)]
    checkUse(of: callable, at: node)
    var positional = 0
    if let receiver {
      checkArgument(receiver, 0, of: callable)
      positional = 1
    }
    var named: [NodeID] = []
    for child in 1..<max(1, Int(tree.nodes[Int(node)].childCount)) {
      let argument = tree.child(node, child)
      if tree.kind(argument) == .namedArgument {
        named.append(argument)
        let parameter = callable.parameters.firstIndex(of: module.name(of: argument))
        checkArgument(tree.child(argument, 0), parameter, of: callable)
      } else {
        if !named.isEmpty {
          report(
            .argumentCount, "a positional argument stands after a named one", at: argument,
            suggestion: "give the positional arguments first")
        }
        checkArgument(argument, positional, of: callable)
        positional += 1
      }
    }
    checkCounts(of: callable, positional: positional, named: named, at: node)
    return resultType(of: callable)
  }

  private mutating func checkCounts(of callable: Callable, positional: Int, named: [NodeID], at node: NodeID) {
    let parameters = callable.parameters
    if positional > parameters.count, !callable.isVariadic {
      reportCount(of: callable, given: positional, at: node)
      return
    }
    if named.isEmpty {
      if positional < callable.required { reportCount(of: callable, given: positional, at: node) }
      return
    }
    var given: Set<NameID> = Set(parameters.prefix(positional))
    for argument in named {
      let name = module.name(of: argument)
      guard parameters.contains(name) || callable.options.contains(name) else {
        reportUnknownArgument(argument, name, of: callable)
        continue
      }
      if !given.insert(name).inserted {
        report(.duplicateArgument, "`\(text(name))` is given twice", at: mainRange(argument))
      }
    }
    let missing = parameters.prefix(callable.required).filter { !given.contains($0) }
    guard !missing.isEmpty else { return }
    let names = missing.map { "`\(text($0))`" }.joined(separator: " and ")
    report(.argumentCount, "`\(text(callable.name))` is called without \(names)", at: calleeRange(node))
  }

  private mutating func reportCount(of callable: Callable, given: Int, at node: NodeID) {
    let most = callable.parameters.count
    let least = callable.required
    let expected =
      callable.isVariadic
      ? "at least \(Self.count(least, "argument"))"
      : least == most ? Self.count(most, "argument") : "\(least) to \(Self.count(most, "argument"))"
    let list = callable.parameters.map { text($0) }.joined(separator: ", ")
    report(
      .argumentCount, "`\(text(callable.name))` takes \(expected), \(given) given", at: calleeRange(node),
      suggestion: most == 0 ? nil : "it is called as `\(text(callable.name))(\(list))`")
  }

  private mutating func reportUnknownArgument(_ argument: NodeID, _ name: NameID, of callable: Callable) {
    var nearest = NearestNames(module.names.spelling(name))
    let known = callable.options + callable.parameters
    for candidate in known { nearest.consider(candidate, in: module.names) }
    let list = known.map { "`\(text($0))`" }.joined(separator: ", ")
    report(
      .unknownArgument, "`\(text(callable.name))` has no argument `\(text(name))`", at: mainRange(argument),
      suggestion: nearest.suggestion(in: module.names) ?? (known.isEmpty ? nil : "it has \(list)"))
  }

  private func calleeRange(_ node: NodeID) -> Range<UInt32> {
    let callee = tree.child(node, 0)
    return tree.kind(callee) == .member ? mainRange(callee) : tree.range(callee)
  }

  private func resultType(of callable: Callable) -> StaticType {
    guard case .builtin(let builtin) = callable.target else { return .unknown }
    return switch builtin {
    case .len, .int, .floor, .ceil: .int
    case .float, .parseTime: .float
    case .contains, .startsWith, .endsWith, .matches: .bool
    case .join, .trim, .upper, .lower, .replace, .format, .toJSON, .string, .typeOf, .hash, .hex, .base64Encode,
      .formatTime:
      .string
    case .keys, .values, .push, .split, .map, .filter, .sort, .range: .array
    case .error, .ok, .err: .record
    default: .unknown
    }
  }
}
