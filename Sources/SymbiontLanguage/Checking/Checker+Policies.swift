extension Checker {
  /// Settings of `require` and `audit` that the runtime reads.
  private static let ruleSettings = ["rate_limit", "log_level", "include_input", "include_output", "retention"]

  /// Reads and checks the rules of a policy block; `names` are the parameters that its conditions see, `nil` when they are
  /// not known.
  mutating func readPolicy(_ node: NodeID, names: Set<NameID>?) -> [CheckedModule.PolicyRule] {
    var rules: [CheckedModule.PolicyRule] = []
    let policyName = text(of: node)
    for child in tree.children(node) where tree.kind(child) == .policyRule {
      guard let outcome = PolicyRuleDescriptor.Outcome(rawValue: tree.mainText(child)) else { continue }
      var rule = CheckedModule.PolicyRule(node: child, outcome: outcome, policyName: policyName)
      readSubjects(tree.child(child, 0), into: &rule, names: names)
      let condition = tree.child(child, 1)
      if tree.kind(condition) != .missing {
        rule.condition = condition
        checkPolicyCondition(condition, names: names)
      }
      rules.append(rule)
    }
    return rules
  }

  private mutating func checkPolicyCondition(_ node: NodeID, names: Set<NameID>?) {
    let enclosing = (unit, conditionNames)
    unit = .condition
    conditionNames = names
    checkCondition(node)
    (unit, conditionNames) = enclosing
  }

  private mutating func readSubjects(_ node: NodeID, into rule: inout CheckedModule.PolicyRule, names: Set<NameID>?) {
    switch tree.kind(node) {
    case .arrayLiteral: for child in tree.children(node) { readSubjects(child, into: &rule, names: names) }
    case .group: readSubjects(tree.child(node, 0), into: &rule, names: names)
    case .identifier:
      let name = module.name(of: node)
      if KnownNames.shared[name] == .all {
        rule.subjects.append(.all)
      } else {
        rule.subjects.append(.operation(operation(name, at: node)))
      }
    case .stringLiteral: rule.subjects.append(.operation(operation(module.name(of: node), at: node)))
    case .call: readCallSubject(node, into: &rule, names: names)
    case .recordLiteral: readSettingsSubject(node, into: &rule)
    case .error, .missing: break
    default:
      report(
        .invalidSubject, "a policy rule is about operations", at: node,
        suggestion: "for example `allow: exec(\"git\", any)`, `deny: [http, exec]` or `audit: all`")
    }
  }

  private mutating func readSettingsSubject(_ node: NodeID, into rule: inout CheckedModule.PolicyRule) {
    guard rule.outcome == .require || rule.outcome == .audit else {
      report(.invalidSubject, "only `require` and `audit` take settings", at: node)
      return
    }
    for field in tree.children(node) where tree.kind(field) == .recordField {
      let key = module.name(of: field)
      if !Self.ruleSettings.contains(text(key)) { warnUnknownSetting(field, key, among: Self.ruleSettings) }
    }
    if case .record(let settings) = settingValue(node) { rule.subjects.append(.settings(settings)) }
  }

  private mutating func readCallSubject(
    _ node: NodeID, into rule: inout CheckedModule.PolicyRule, names: Set<NameID>?
  ) {
    let callee = tree.child(node, 0)
    guard tree.kind(callee) == .identifier else {
      report(.invalidSubject, "a call pattern begins with the name of an operation", at: callee)
      return
    }
    let name = module.name(of: callee)
    if KnownNames.shared[name] == .approval {
      readApproval(node, into: &rule)
      return
    }
    let operation = operation(name, at: callee)
    var arguments: [CheckedModule.PolicyRule.Argument] = []
    for index in 1..<max(1, Int(tree.nodes[Int(node)].childCount)) {
      guard let argument = readArgument(tree.child(node, index), of: name, at: index - 1, names: names) else { return }
      arguments.append(argument)
    }
    rule.subjects.append(.call(operation, arguments))
  }

  private mutating func readApproval(_ node: NodeID, into rule: inout CheckedModule.PolicyRule) {
    guard rule.outcome == .require, tree.nodes[Int(node)].childCount == 2,
      case .string(let group) = tree.literalValue(tree.child(node, 1)), !group.isEmpty
    else {
      report(
        .invalidSubject, "an approval is written `require: approval(\"group\")`", at: node)
      return
    }
    rule.subjects.append(.approval(group))
  }

  private mutating func readArgument(
    _ node: NodeID, of operation: NameID, at position: Int, names: Set<NameID>?
  ) -> CheckedModule.PolicyRule.Argument? {
    switch tree.kind(node) {
    case .identifier:
      let name = module.name(of: node)
      if KnownNames.shared[name] == .any { return .any }
      if let names, !names.contains(name) {
        report(
          .undecidable, "`\(text(name))` is no parameter, so this rule can never be decided", at: node,
          suggestion: "use a literal, `any`, or a parameter of the agent")
      }
      return .name(name)
    case .namedArgument:
      report(
        .invalidSubject, "the arguments of a call pattern have no names", at: node, suggestion: "give them by position")
      return nil
    case .error, .missing: return nil
    default:
      if tree.kind(node) == .unary, tree.mainToken(node).kind == .minus,
        let value = tree.literalValue(tree.child(node, 0), isNegated: true)
      {
        return .literal(value)
      }
      if let value = tree.literalValue(node) { return .literal(value) }
      report(.invalidSubject, "an argument of a call pattern is a literal, `any` or a parameter", at: node)
      return nil
    }
  }

  /// The operation of this name, with a warning when nothing performs it.
  private mutating func operation(_ name: NameID, at node: NodeID) -> String {
    let operation = text(name)
    let known = Effect.allCases.compactMap(\.operation) + module.tools.map(\.name)
    if known.contains(operation) || module.tools.contains(where: { "tool:\($0.name)" == operation }) {
      return operation
    }
    var suggestion: String?
    if case .effect(let effect) = BuiltinSignature.byName[operation]?.target {
      suggestion = effect.operation.map { "policies call it `\($0)`" } ?? "no policy governs it"
    } else {
      var nearest = NearestNames(module.names.spelling(name))
      for candidate in known { nearest.consider(module.names.intern(candidate), in: module.names) }
      suggestion = nearest.suggestion(in: module.names)
    }
    report(.unknownOperation, "nothing performs the operation `\(operation)`", at: node, suggestion: suggestion)
    return operation
  }
}
