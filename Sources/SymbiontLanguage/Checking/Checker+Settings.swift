extension Checker {
  /// The value of a setting: a literal, an array or record of such, or a bare word, which is a text.
  mutating func settingValue(_ node: NodeID) -> Value? {
    switch tree.kind(node) {
    case .identifier: return .string(text(of: node))
    case .group: return settingValue(tree.child(node, 0))
    case .unary where tree.mainToken(node).kind == .minus:
      if let value = tree.literalValue(tree.child(node, 0), isNegated: true) { return value }
    case .arrayLiteral:
      var elements: [Value] = []
      for child in tree.children(node) {
        guard let value = settingValue(child) else { return nil }
        elements.append(value)
      }
      return .array(elements)
    case .recordLiteral: return settingRecord(node)
    case .error, .missing: return nil
    default:
      if let value = tree.literalValue(node) { return value }
    }
    report(
      .invalidSetting, "a setting must be a literal", at: node,
      suggestion: "settings are read before the program runs")
    return nil
  }

  private mutating func settingRecord(_ node: NodeID) -> Value? {
    var record = Record()
    for field in tree.children(node) where tree.kind(field) == .recordField {
      let key = text(of: field)
      guard let value = settingValue(tree.child(field, 0)) else { return nil }
      if record[key] != nil {
        report(.duplicateKey, "the key `\(key)` stands twice in this record", at: mainRange(field))
      }
      record[key] = value
    }
    return .record(record)
  }

  /// Adds an entry to settings; a key may be given once.
  mutating func add(_ entry: NodeID, to settings: inout Record) {
    let key = text(of: entry)
    guard let value = settingValue(tree.child(entry, 0)) else { return }
    if settings[key] != nil {
      report(.duplicateSetting, "`\(key)` is given twice", at: mainRange(entry), suggestion: "remove one of them")
      return
    }
    settings[key] = value
  }

  /// The entries of a `schedule`, `channel`, `memory` or `webhook` block.
  mutating func readBlock(_ node: NodeID) -> Declarations.Block {
    var block = Declarations.Block(name: text(of: node), settings: Record())
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .entry: add(child, to: &block.settings)
      case .section:
        var section = Record()
        for entry in tree.children(child) where tree.kind(entry) == .entry { add(entry, to: &section) }
        let key = text(of: child)
        if block.settings[key] != nil {
          report(.duplicateSetting, "`\(key)` is given twice", at: mainRange(child), suggestion: "remove one of them")
        }
        block.settings[key] = .record(section)
      case .policy: block.policies += readPolicy(child, names: []).map { describe($0) }
      default: break
      }
    }
    return block
  }

  /// A channel's rule: no agent is known, so names in it can never be decided.
  private func describe(_ rule: CheckedModule.PolicyRule) -> PolicyRuleDescriptor {
    PolicyRuleDescriptor(
      outcome: rule.outcome, subjects: rule.subjects.map { $0.descriptor(names: module.names, parameters: []) },
      position: tree.source.position(at: tree.range(rule.node).lowerBound), policyName: rule.policyName)
  }

  /// Seconds of a timeout: a positive duration or number.
  mutating func checkTimeout(_ entry: NodeID, _ value: Value?) -> Double? {
    let seconds: Double? =
      switch value {
      case .int(let number): Double(number)
      case .float(let number): number
      default: nil
      }
    if let seconds, seconds > 0 { return seconds }
    if value != nil {
      report(
        .invalidSetting, "`timeout` must be a positive duration", at: tree.child(entry, 0),
        suggestion: "for example `timeout = 30s`")
    }
    return nil
  }
}

extension CheckedModule.PolicyRule.Subject {
  /// The subject with its names looked up among an agent's parameters.
  func descriptor(names: NameTable, parameters: [NameID]) -> PolicyRuleDescriptor.Subject {
    switch self {
    case .all: .all
    case .operation(let operation): .operation(operation)
    case .approval(let group): .approval(group)
    case .settings(let settings): .settings(settings)
    case .call(let operation, let arguments):
      .call(
        operation,
        arguments.map { argument in
          switch argument {
          case .any: .any
          case .literal(let value): .literal(value)
          case .name(let name):
            parameters.firstIndex(of: name).map { .parameter($0) } ?? .undecidable(names.text(name))
          }
        })
    }
  }
}
