internal import SymbiontCore
package import SymbiontLanguage

/// How an input becomes the arguments of an agent, and a result is checked.
///
/// An agent without parameters takes `null` or an empty record. One parameter takes the input itself, or a record whose
/// only key is its name. Several parameters are taken from a record by name; a missing one is `null`.
package enum AgentCall {
  /// The arguments in the order of the parameters, checked against their declared types.
  package static func bind(
    _ input: Value, to agent: AgentDescriptor, types: TypeTable
  ) throws(ProgramError) -> [Value] {
    let values = try spread(input, over: agent)
    var arguments: [Value] = []
    for (parameter, value) in zip(agent.parameters, values) {
      let path = agent.parameters.count == 1 ? "input" : "input.\(parameter.name)"
      arguments.append(try check(value, as: parameter.type, types: types, path: path))
    }
    return arguments
  }

  /// The result, checked against the declared type.
  package static func checkResult(
    _ value: Value, of agent: AgentDescriptor, types: TypeTable
  ) throws(ProgramError) -> Value {
    try check(value, as: agent.result, types: types, path: "result")
  }

  private static func spread(_ input: Value, over agent: AgentDescriptor) throws(ProgramError) -> [Value] {
    let names = agent.parameters.map(\.name)
    switch (names.count, input) {
    case (0, .null): return []
    case (0, .record(let record)) where record.count == 0: return []
    case (0, _):
      throw ProgramError(kind: "TypeError", message: "agent `\(agent.name)` takes no input, found \(input.typeName)")
    case (1, .record(let record)) where record.count == 1 && record.keys.first == names[0]:
      return [record[names[0]] ?? .null]
    case (1, _): return [input]
    case (_, .record(let record)):
      for key in record.keys where !names.contains(key) {
        throw ProgramError(
          kind: "TypeError",
          message: "input.\(key): agent `\(agent.name)` has no such parameter; it takes \(list(names))")
      }
      return names.map { record[$0] ?? .null }
    default:
      throw ProgramError(
        kind: "TypeError",
        message: "input: agent `\(agent.name)` takes a record with \(list(names)), found \(input.typeName)")
    }
  }

  private static func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }

  private static func check(
    _ value: Value, as type: ValueType, types: TypeTable, path: String
  ) throws(ProgramError) -> Value {
    do { return try types.coerce(value, to: type, path: path) } catch {
      throw ProgramError(kind: "TypeError", message: "\(error)")
    }
  }
}
