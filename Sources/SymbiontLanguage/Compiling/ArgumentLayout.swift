/// Which argument of a call goes where: the positional ones first, then the named ones in the order of the call.
struct ArgumentLayout {
  /// The argument for each place; `nil` where an optional one was left out before a given one.
  var positional: [SyntaxTree.NodeID?] = []
  /// The arguments that have only a name.
  var named: [(name: NameID, node: SyntaxTree.NodeID)] = []
  /// Whether the arguments stand in another order than their places.
  var isReordered = false

  /// How many registers the arguments take.
  var count: Int { positional.count + named.count }
}

extension ProgramCompiler {
  /// Lays the arguments of a checked call out.
  mutating func layOut(_ node: NodeID, for callable: Callable) -> ArgumentLayout {
    var layout = ArgumentLayout()
    let callee = tree.child(node, 0)
    if kind(callee) == .member { layout.positional.append(tree.child(callee, 0)) }
    for index in 1..<max(1, childCount(node)) {
      let argument = tree.child(node, index)
      guard kind(argument) == .namedArgument else {
        layout.positional.append(argument)
        continue
      }
      let name = module.name(of: argument)
      let value = tree.child(argument, 0)
      guard let position = callable.parameters.firstIndex(of: name) else {
        layout.named.append((name, value))
        continue
      }
      if position != layout.positional.count || !layout.named.isEmpty { layout.isReordered = true }
      while layout.positional.count <= position { layout.positional.append(nil) }
      layout.positional[position] = value
    }
    return layout
  }
}
