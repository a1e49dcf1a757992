extension Checker {
  /// The declared type that a type node means; a name that nothing declares means any value, with a warning.
  mutating func resolveType(_ node: NodeID) -> ValueType {
    switch tree.kind(node) {
    case .typeName: return resolveNamedType(node)
    case .typeRecord: return .record(resolveFields(of: node, name: nil))
    default: return .any
    }
  }

  /// The fields of a record type.
  mutating func resolveFields(of node: NodeID, name: String?) -> RecordType {
    stamp &+= 1
    for field in tree.children(node) where tree.kind(field) == .typeField {
      let key = module.name(of: field)
      if isRepeated(key) {
        report(.duplicateKey, "the field `\(text(key))` stands twice in this type", at: mainRange(field))
      }
    }
    var fields: [RecordType.Field] = []
    for field in tree.children(node) where tree.kind(field) == .typeField {
      fields.append(.init(name: text(of: field), type: resolveType(tree.child(field, 0))))
    }
    return RecordType(name: name, fields: fields)
  }

  private mutating func resolveNamedType(_ node: NodeID) -> ValueType {
    let name = module.name(of: node)
    let arguments = Int(tree.nodes[Int(node)].childCount)
    if let declared = typeOfName[name] {
      checkTypeArguments(node, name, expected: 0)
      return .named(declared)
    }
    switch KnownNames.shared[name] {
    case .string: return simple(.string, node, name)
    case .int: return simple(.int, node, name)
    case .float: return simple(.float, node, name)
    case .bool: return simple(.bool, node, name)
    case .json, .any: return simple(.any, node, name)
    case .array:
      if arguments == 0 { return .array(.any) }
      checkTypeArguments(node, name, expected: 1)
      return .array(resolveType(tree.child(node, 0)))
    case .optional:
      if arguments == 0 { return .optional(.any) }
      checkTypeArguments(node, name, expected: 1)
      return .optional(resolveType(tree.child(node, 0)))
    case .map:
      if arguments == 0 { return .map(key: .string, value: .any) }
      checkTypeArguments(node, name, expected: 2)
      return .map(key: resolveType(tree.child(node, 0)), value: arguments > 1 ? resolveType(tree.child(node, 1)) : .any)
    case .result:
      if arguments == 0 { return .result(success: .any, failure: .any) }
      checkTypeArguments(node, name, expected: 2)
      return .result(
        success: resolveType(tree.child(node, 0)), failure: arguments > 1 ? resolveType(tree.child(node, 1)) : .any)
    default:
      warnUnknownType(node, name)
      return .any
    }
  }

  private mutating func simple(_ type: ValueType, _ node: NodeID, _ name: NameID) -> ValueType {
    checkTypeArguments(node, name, expected: 0)
    return type
  }

  private mutating func checkTypeArguments(_ node: NodeID, _ name: NameID, expected: Int) {
    let found = Int(tree.nodes[Int(node)].childCount)
    guard found != expected else { return }
    report(
      .typeArguments, "`\(text(name))` takes \(Self.count(expected, "type argument")), found \(found)", at: node)
  }

  private mutating func warnUnknownType(_ node: NodeID, _ name: NameID) {
    var nearest = NearestNames(module.names.spelling(name))
    if suggestionCount < Self.maximumSuggestions {
      suggestionCount += 1
      for type in ["String", "int", "float", "bool", "JSON", "Array", "Map", "Optional", "Result"] {
        nearest.consider(module.names.intern(type), in: module.names)
      }
      for type in typeOfName.keys.sorted() { nearest.consider(type, in: module.names) }
    }
    report(
      .unknownType, "unknown type `\(text(name))` is taken as `JSON`", at: mainRange(node),
      suggestion: nearest.suggestion(in: module.names) ?? "declare it: `type \(text(name)) = { … }`")
  }

  /// `Name { k: v }`: the name must be a declared record type, and the keys its fields.
  mutating func checkTypedRecord(_ node: NodeID) {
    let name = module.name(of: node)
    guard let declared = typeOfName[name] else {
      warnUnknownType(node, name)
      return
    }
    guard let type = module.types[declared], case .record(let record) = type else { return }
    module.typeOfNode[node] = declared
    let known = Set(record.fields.map { module.names.intern($0.name) })
    for field in tree.children(node) where tree.kind(field) == .recordField {
      let key = module.name(of: field)
      if known.contains(key) { continue }
      var nearest = NearestNames(module.names.spelling(key))
      for candidate in known.sorted() { nearest.consider(candidate, in: module.names) }
      report(
        .declaredType, "`\(text(name))` has no field `\(text(key))`", at: mainRange(field),
        suggestion: nearest.suggestion(in: module.names))
    }
  }
}
