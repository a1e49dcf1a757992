extension Checker {
  /// Checks `place op= e`.
  ///
  /// The value is evaluated first, then the indices of the place.
  mutating func checkAssignment(_ node: NodeID) -> StaticType {
    let place = tree.child(node, 0)
    let value = tree.child(node, 1)
    let isPlain = tree.mainToken(node).kind == .assign
    switch tree.kind(place) {
    case .identifier: checkVariableAssignment(node, place: place, value: value, isPlain: isPlain)
    case .member, .index:
      checkExpression(value)
      checkPlace(place)
    default:
      // The parser has reported what is no place at all.
      checkExpression(value)
      checkExpression(place)
    }
    return .null
  }

  private mutating func checkVariableAssignment(_ node: NodeID, place: NodeID, value: NodeID, isPlain: Bool) {
    let name = module.name(of: place)
    if let target = binding(of: name), target.kind == .variable {
      checkExpression(value)
      module.resolutions[Int(place)] = target
      assign(to: target.index, at: place)
      return
    }
    guard isPlain else {
      checkExpression(value)
      if target(of: name) != nil {
        report(.invalidAssignment, "`\(text(name))` is a function, not a variable", at: place)
      } else {
        reportUnknownName(name, at: place)
      }
      return
    }
    initializing.append(name)
    checkExpression(value)
    initializing.removeLast()
    assignmentCount &+= 1
    let variable = declare(place, as: .declaration)
    module.resolutions[Int(node)] = .variable(variable)
  }

  /// Checks `a.b[i].c` as something to assign to: its root must be a variable.
  private mutating func checkPlace(_ place: NodeID) {
    var node = place
    var steps: [NodeID] = []
    while tree.kind(node) == .member || tree.kind(node) == .index {
      steps.append(node)
      node = tree.child(node, 0)
      if tree.kind(node) == .group { node = tree.child(node, 0) }
    }
    for step in steps.reversed() where tree.kind(step) == .index { checkExpression(tree.child(step, 1)) }
    guard tree.kind(node) == .identifier else {
      checkExpression(node)
      return
    }
    let name = module.name(of: node)
    guard let target = binding(of: name), target.kind == .variable else {
      if self.target(of: name) != nil {
        report(.invalidAssignment, "`\(text(name))` is a function, not a variable", at: node)
      } else {
        reportUnknownName(name, at: node)
      }
      return
    }
    module.resolutions[Int(node)] = target
    assign(to: target.index, at: place)
  }
}
