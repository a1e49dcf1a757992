internal import Logging
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontStore

/// Turns what a machine asks for into what is to be done, or into the error that the program sees.
struct EffectPlanner: Sendable {
  let services: EffectServices

  func plan(_ request: EffectRequest, in session: ExecutionSession) throws(ProgramError) -> EffectPlan {
    let arguments = EffectArguments(request)
    switch request.effect {
    case .now: return .immediate(.value(.float(Self.seconds(services.time.now()))))
    case .random: return .immediate(.value(.float(Double(services.random() >> 11) * 0x1p-53)))
    case .uuid: return .immediate(.value(.string(uuid())))
    case .sleep: return .local(try sleep(arguments))
    case .log: return .immediate(.value(try log(arguments, session)))
    case .auditLog: return .immediate(.value(try audit(arguments, session)))
    case .checkpoint: return .checkpoint
    case .remember, .recall, .forget, .memoryWrite, .memorySearch: return .local(try memory(arguments, session))
    case .send, .publish, .subscribe, .unsubscribe, .receive, .reply, .ask:
      return .staged(try message(arguments, session))
    case .call, .spawn, .parallel, .race: return .local(try children(arguments, session))
    case .exec: return .outside(try exec(arguments, session))
    case .tool: return .outside(try tool(arguments, session))
    case .readFile, .writeFile, .listFiles, .deleteFile: return .outside(try file(arguments, session))
    case .http, .requestApproval:
      throw ProgramError(
        kind: "EffectUnavailable", message: "\(arguments.name): this runtime has no handler for the effect yet")
    }
  }

  static func seconds(_ time: Timestamp) -> Double { Double(time.microsecondsSinceEpoch) / 1_000_000 }

  private func uuid() -> String {
    var generator = ClosureGenerator(bits: services.random)
    return ExecutionID(timestamp: services.time.now(), using: &generator).description
  }

  private func sleep(_ arguments: EffectArguments) throws(ProgramError) -> LocalEffect {
    let duration = try arguments.duration(arguments.value(0), "duration")
    return { (_, records) in
      duration == .zero ? .outcome(.value(.null)) : .wait(.timer, until: records.now + duration)
    }
  }

  private func log(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> Value {
    let name = try arguments.text(0, "level").lowercased()
    guard let level = Logger.Level(rawValue: name == "warn" ? "warning" : name) else {
      throw ProgramError(
        kind: "TypeError",
        message: "log: `\(name)` is no level; use trace, debug, info, notice, warning, error or critical")
    }
    let text: String
    if case .string(let plain) = arguments.value(1) { text = plain } else { text = Self.json(arguments.value(1)) }
    var metadata: Logger.Metadata = [
      "agent": "\(session.agent.name)", "execution": "\(session.id)",
    ]
    if arguments.value(2) != .null {
      for field in try arguments.record(2, "fields") { metadata[field.key] = "\(Self.json(field.value))" }
    }
    services.logger.log(level: level, "\(text)", metadata: metadata)
    return .null
  }

  /// The journal keeps the event; the audit log takes its place in the record later.
  private func audit(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> Value {
    let event = try arguments.text(0, "event")
    if arguments.value(1) != .null { _ = try arguments.record(1, "fields") }
    services.logger.notice(
      "audit: \(event)", metadata: ["agent": "\(session.agent.name)", "execution": "\(session.id)"])
    return .null
  }

  /// A value as people read it in logs; what has no JSON form shows its type.
  static func json(_ value: Value) -> String {
    (try? ValueJSON.print(value)) ?? "‹\(value.typeName)›"
  }
}

/// A generator over a closure that gives random bits.
struct ClosureGenerator: RandomNumberGenerator {
  let bits: @Sendable () -> UInt64

  mutating func next() -> UInt64 { bits() }
}
