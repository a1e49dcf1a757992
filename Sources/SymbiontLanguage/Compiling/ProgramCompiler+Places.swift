extension ProgramCompiler {
  /// A step from a container to its element.
  private enum Step {
    case field(symbol: Int, node: NodeID)
    case index(register: Int, node: NodeID)
  }

  /// Compiles an assignment to `a.b[i].c`: takes each container out of the one around it, changes the innermost, and puts
  /// all of them back.
  mutating func compilePlaceAssignment(_ node: NodeID, _ place: NodeID, _ value: NodeID) {
    let sign = tree.mainToken(node).kind
    let pushed = sign == .assign ? pushedValue(value, onto: place) : nil
    let appended = sign == .plusAssign && kind(value) == .arrayLiteral ? Array(tree.children(value)) : nil
    var values: [Int] = []
    if let pushed {
      values = [keptOperand(pushed)]
    } else if let appended, appended.count <= Self.mostPartsAtOnce, !appended.isEmpty {
      values = appended.map { keptOperand($0) }
    } else {
      values = [keptOperand(value)]
    }
    let (root, steps) = compileSteps(of: place)
    guard let last = steps.last else { return }
    var containers = [root]
    for step in steps.dropLast() {
      let child = builder.allocate()
      take(step, from: containers[containers.count - 1], into: child, isPlace: true)
      containers.append(child)
    }
    let innermost = containers[containers.count - 1]
    var result = values[0]
    if pushed != nil || (appended.map { !$0.isEmpty && $0.count <= Self.mostPartsAtOnce } ?? false) {
      result = builder.allocate()
      take(last, from: innermost, into: result, isPlace: true)
      locate(node)
      for value in values { builder.emit(.append, result, value) }
    } else if sign != .assign {
      result = builder.allocate()
      take(last, from: innermost, into: result, isPlace: false)
      locate(node)
      builder.emit(Self.operation(of: sign), result, result, values[0])
    }
    put(result, into: innermost, at: last)
    for (position, step) in steps.dropLast().enumerated().reversed() {
      put(containers[position + 1], into: containers[position], at: step)
    }
  }

  /// The register of the variable, and the steps from it with their indices evaluated from left to right.
  private mutating func compileSteps(of place: NodeID) -> (root: Int, steps: [Step]) {
    var nodes: [NodeID] = []
    var node = place
    while true {
      switch kind(node) {
      case .member, .index:
        nodes.append(node)
        node = tree.child(node, 0)
        continue
      case .group:
        node = tree.child(node, 0)
        continue
      default: break
      }
      break
    }
    let steps = nodes.reversed().map { step -> Step in
      guard kind(step) == .index else { return .field(symbol: symbol(of: step), node: step) }
      let index = tree.child(step, 1)
      return .index(register: assigns(place) ? keptOperand(index) : operand(index), node: step)
    }
    return (registers[Int(resolution(node).index)], steps)
  }

  private mutating func take(_ step: Step, from container: Int, into register: Int, isPlace: Bool) {
    switch step {
    case .field(let symbol, let node):
      locate(node)
      builder.emit(isPlace ? .placeField : .peekField, register, container, symbol)
    case .index(let index, let node):
      locate(node)
      builder.emit(isPlace ? .placeIndex : .peekIndex, register, container, index)
    }
  }

  private mutating func put(_ value: Int, into container: Int, at step: Step) {
    switch step {
    case .field(let symbol, let node):
      locate(node)
      builder.emit(.setField, container, symbol, value)
    case .index(let index, let node):
      locate(node)
      builder.emit(.setIndex, container, index, value)
    }
  }
}
