internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontResources
internal import SymbiontSandbox

extension EffectPlanner {
  /// `exec(command, args.., stdin:, timeout:, env:)`: a command in the agent's sandbox, never through a shell.
  func exec(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> OutsideEffect {
    var argv = [try arguments.text(0, "command")]
    for value in arguments.request.arguments.dropFirst() { argv.append(try Self.argumentText(value, arguments)) }
    let input = arguments.request.options["stdin"] ?? .null
    let command = CommandLine(
      arguments: argv, standardInput: input == .null ? "" : try Self.argumentText(input, arguments),
      environment: try environment(arguments), timeout: try commandTimeout(arguments.optionalDuration("timeout")))
    return OutsideEffect(isIdempotent: false) { id, _ in
      switch await run(command, id: id, session) {
      case .failure(let error): .failure(error)
      case .success(let result): .value(.record(Self.record(result)))
      }
    }
  }

  /// A command with everything that decides about it, before a sandbox is chosen.
  struct CommandLine: Sendable {
    var arguments: [String]
    var standardInput: String
    var environment: [String: String]
    var timeout: Duration
  }

  /// Runs a command as soon as its agent has its resources, and gives them back when nothing of it is left.
  func run(
    _ command: CommandLine, id: EffectID, _ session: ExecutionSession
  ) async -> Result<CommandResult, ProgramError> {
    do throws(ResourceError) {
      let resources = try services.resources.get()
      let grant = try await resources.begin(
        session.agentID, limits: session.limits, within: remaining(command.timeout, session))
      defer { resources.end(session.agentID) }
      let result = await run(command, id: id, session, limits: grant.limits)
      switch result {
      case .success(let result):
        resources.report(
          result.violations, of: session.agentID, limits: grant.limits, processes: services.limits.processes,
          since: grant.grantedAt)
        return .success(result)
      case .failure(let error):
        // A limit can end the whole sandbox, and then this is all that is known of the command.
        return .failure(Self.adding(resources.reached(by: session.agentID, since: grant.grantedAt), to: error))
      }
    } catch {
      return .failure(
        ProgramError(
          kind: "ResourcesUnavailable", message: error.message, data: .record(["code": .string(error.code)])))
    }
  }

  private static func adding(_ limits: [ResourceKind], to error: ProgramError) -> ProgramError {
    guard !limits.isEmpty, case .record(var data) = error.data else { return error }
    data["limits_reached"] = .array(limits.map { .string($0.rawValue) })
    return ProgramError(
      kind: error.kind,
      message: "\(error.message), at its limit of \(limits.map(\.rawValue).joined(separator: " and "))",
      data: .record(data))
  }

  private func run(
    _ command: CommandLine, id: EffectID, _ session: ExecutionSession, limits: ResourceLimits
  ) async -> Result<CommandResult, ProgramError> {
    do throws(SandboxError) {
      let workspace = try await services.workspaces.directory(of: session.agentID)
      let result = try await services.sandbox.run(
        SandboxCommand(
          id: SandboxID(value: id.value), agentID: session.agentID, tier: session.tier,
          arguments: command.arguments,
          standardInput: Array(command.standardInput.utf8), environment: command.environment,
          timeout: remaining(command.timeout, session), workspace: workspace, limits: limits,
          processLimit: services.limits.processes, outputLimitBytes: services.limits.commandOutputBytes))
      return .success(result)
    } catch {
      return .failure(Self.programError(error))
    }
  }

  /// A timeout cut to what the execution's deadline leaves.
  private func remaining(_ timeout: Duration, _ session: ExecutionSession) -> Duration {
    guard let deadline = session.deadline else { return timeout }
    return max(.milliseconds(1), min(timeout, deadline - services.time.now()))
  }

  func commandTimeout(_ given: Duration?) throws(ProgramError) -> Duration {
    guard let given else { return services.limits.commandTimeout }
    guard SandboxCommand.Bounds.timeout.contains(given) else {
      throw ProgramError(kind: "TypeError", message: "exec: `timeout` must be between 1 millisecond and 1 day")
    }
    return given
  }

  private func environment(_ arguments: EffectArguments) throws(ProgramError) -> [String: String] {
    guard let given = arguments.request.options["env"], given != .null else { return [:] }
    guard case .record(let record) = given else { throw arguments.mismatch("env", "a record", given) }
    var environment: [String: String] = [:]
    for field in record { environment[field.key] = try Self.argumentText(field.value, arguments) }
    return environment
  }

  /// A value as one argument of a command: texts as they are, numbers and bools as written, the rest as JSON.
  static func argumentText(_ value: Value, _ arguments: EffectArguments) throws(ProgramError) -> String {
    switch value {
    case .string(let text): return text
    case .secret(let reference):
      throw ProgramError(
        kind: "EffectUnavailable",
        message: "\(arguments.name): there is no secret store to read `\(reference)` from")
    case .function: throw arguments.mismatch("argument", "a value", value)
    default:
      do { return try ValueJSON.print(value) } catch {
        throw ProgramError(kind: "FormatError", message: "\(arguments.name): \(error)")
      }
    }
  }

  private static func record(_ result: CommandResult) -> Record {
    var record: Record = [
      "exit_code": .int(Int64(result.exitCode)),
      "stdout": .string(String(decoding: result.standardOutput, as: UTF8.self)),
      "stderr": .string(String(decoding: result.standardError, as: UTF8.self)), "timed_out": .bool(result.timedOut),
    ]
    if !result.violations.isEmpty {
      record["limits_reached"] = .array(result.violations.map { .string("\($0.rawValue)") })
    }
    return record
  }

  /// A sandbox's error as the program sees it.
  static func programError(_ error: SandboxError) -> ProgramError {
    let kind =
      switch error {
      case .commandNotFound, .commandInvalid: "ToolFailed"
      case .outputTooLarge, .fileTooLarge, .tooManyFiles, .workspaceFull: "LimitExceeded"
      case .pathEscapesWorkspace, .pathInvalid, .notFound, .notAFile, .workspaceFailed: "FileError"
      case .timedOut: "Timeout"
      // The engine failed while the command ran: nobody knows how far it came.
      case .executionFailed, .cancelled: "OutcomeUnknown"
      default: "SandboxUnavailable"
      }
    return ProgramError(kind: kind, message: error.message, data: .record(["code": .string(error.code)]))
  }
}
