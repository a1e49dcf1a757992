internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontSandbox

extension EffectPlanner {
  /// A `tool` of the file: arguments checked before anything runs, output parsed as declared.
  func tool(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> OutsideEffect {
    let program = session.program.program
    guard let index = arguments.request.tool, program.tools.indices.contains(index) else {
      throw ProgramError(kind: "ToolFailed", message: "the program declares no such tool")
    }
    let tool = program.tools[index]
    let command = try commandLine(of: tool, arguments, types: program.types)
    return OutsideEffect(isIdempotent: tool.isIdempotent) { id, _ in
      switch await run(command, id: id, session) {
      case .failure(let error): .failure(error)
      case .success(let result): Self.outcome(of: tool, result)
      }
    }
  }

  private func commandLine(
    of tool: ToolDescriptor, _ arguments: EffectArguments, types: TypeTable
  ) throws(ProgramError) -> CommandLine {
    let request = arguments.request
    guard request.arguments.count <= tool.inputs.count else {
      throw ProgramError(
        kind: "TypeError",
        message: "tool `\(tool.name)` takes \(tool.inputs.count) arguments, found \(request.arguments.count)")
    }
    var command = CommandLine(
      arguments: tool.command, standardInput: "", environment: [:],
      timeout: try commandTimeout(tool.timeoutSeconds.map { Duration.seconds($0) }))
    for (index, input) in tool.inputs.enumerated() {
      let given = index < request.arguments.count ? request.arguments[index] : request.options[input.name] ?? .null
      let value: Value
      do { value = try types.coerce(given, to: input.type, path: "\(tool.name).\(input.name)") } catch {
        throw ProgramError(kind: "TypeError", message: "\(error)")
      }
      if value == .null { continue }
      let text = try Self.argumentText(value, arguments)
      switch input.target {
      case .argument: command.arguments.append(text)
      case .standardInput: command.standardInput = text
      case .environment(let name): command.environment[name] = text
      }
    }
    return command
  }

  private static func outcome(of tool: ToolDescriptor, _ result: CommandResult) -> EffectOutcome {
    let output = String(decoding: result.standardOutput, as: UTF8.self)
    let limits = result.violations.map(\.rawValue)
    let atLimits = limits.isEmpty ? "" : ", at its limit of \(limits.joined(separator: " and "))"
    var data: Record = [
      "exit_code": .int(Int64(result.exitCode)), "stdout": .string(output),
      "stderr": .string(String(decoding: result.standardError, as: UTF8.self)),
    ]
    if !limits.isEmpty { data["limits_reached"] = .array(limits.map { .string($0) }) }
    if result.timedOut {
      return .failure(
        ProgramError(
          kind: "Timeout", message: "tool `\(tool.name)` ran into its timeout\(atLimits)",
          data: limits.isEmpty ? .null : .record(data)))
    }
    guard result.exitCode == 0 else {
      return .failure(
        ProgramError(
          kind: "ToolFailed", message: "tool `\(tool.name)` exited with \(result.exitCode)\(atLimits)",
          data: .record(data)))
    }
    guard let value = parse(output, as: tool.output) else {
      return .failure(
        ProgramError(
          kind: "ToolFailed", message: "tool `\(tool.name)` did not print \(tool.output.rawValue) as it declares",
          data: .record(["stdout": .string(output)])))
    }
    return .value(value)
  }

  private static func parse(_ output: String, as kind: ToolDescriptor.Output) -> Value? {
    switch kind {
    case .string: return .string(output)
    case .lines: return .array(output.split(separator: "\n").map { .string(String($0)) })
    case .json: return try? ValueJSON.parse(Array(output.utf8))
    case .int, .float:
      let trimmed = output.drop(while: \.isWhitespace)
      let number = trimmed.prefix { !$0.isWhitespace }
      guard trimmed.dropFirst(number.count).allSatisfy(\.isWhitespace) else { return nil }
      return kind == .int ? Int64(number).map { .int($0) } : Double(number).map { .float($0) }
    }
  }
}
