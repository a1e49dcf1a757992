import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime

/// What a run is to do.
enum RunTarget: Sendable {
  /// Call an agent, with files for its workspace.
  case call(AgentDescriptor, input: Value, files: [(name: String, content: [UInt8])])
  /// Go on with an execution.
  case resume(ExecutionID)
  /// The execution had ended before.
  case finished(ExecutionID, ExecutionOutcome)
}

extension RunTarget {
  /// The agent of this name; without a name the only one, the one named `main`, or the first of the file.
  static func agent(named name: String?, in program: Program, file: String) throws(CommandFailure) -> AgentDescriptor {
    let agents = program.agents
    guard let name else {
      guard let chosen = agents.first(where: { $0.name == "main" }) ?? agents.first else {
        throw CommandFailure(
          .agentMissing, "`\(file)` declares no agent", hint: "add one: `agent main() -> String { \"hello\" }`")
      }
      return chosen
    }
    if let found = agents.first(where: { $0.name == name }) { return found }
    let names = agents.map(\.name)
    let near = NearestName.find(name, among: names)
    let hint =
      near.isEmpty ? "it declares \(names.map { "`\($0)`" }.joined(separator: ", "))" : "did you mean `\(near[0])`?"
    throw CommandFailure(
      .agentUnknown, "`\(file)` declares no agent `\(TerminalText.shortened(name, to: 80))`",
      hint: names.isEmpty ? nil : hint)
  }
}
