internal import SymbiontLanguage

extension Program {
  /// Whether something that an agent of it can come to runs a command: `exec`, or a tool.
  ///
  /// Functions and closures that it makes count, whatever the conditions on the way.
  func canRunCommands(_ agent: AgentDescriptor) -> Bool {
    var seen: Set<Int> = [agent.function]
    var pending = [agent.function]
    while let index = pending.popLast() {
      guard functions.indices.contains(index) else { continue }
      for instruction in functions[index].instructions {
        switch Opcode(rawValue: instruction.operation) {
        case .callTool: return true
        case .callEffect:
          let effect = Effect(rawValue: UInt16(truncatingIfNeeded: instruction.b))
          if effect == .exec || effect == .tool { return true }
        case .call, .makeClosure:
          let callee = Int(instruction.b)
          if seen.insert(callee).inserted { pending.append(callee) }
        default: break
        }
      }
    }
    return false
  }
}
