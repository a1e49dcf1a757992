internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontStore

/// What an execution does after an effect.
enum EffectEnd: Sendable {
  case resume(EffectOutcome)
  case wait
  /// It was stopped; the store knows where it stands.
  case stopped
}

extension EffectEnd {
  /// What a committed effect means for its execution; nil when nothing was committed.
  init(_ result: LocalResult?) {
    switch result {
    case .outcome(let outcome): self = .resume(outcome)
    case .wait: self = .wait
    case nil: self = .stopped
    }
  }
}

/// Thrown inside a transaction when an execution was ended meanwhile, so that nothing of its effect is kept.
private struct ExecutionEnded: Error {}

/// The way of one effect: authorize → intend → perform → record. Nothing skips a stage; effects without an outside side
/// effect commit intent, consequence and outcome as one.
extension ExecutionEngine {
  /// Outcomes that are kept back at most until they are committed together.
  private static let maximumDeferred = 64

  func perform(
    _ request: EffectRequest, _ session: inout ExecutionSession, _ control: ActivationControl
  ) async throws(StoreError) -> EffectEnd {
    let plan = await plan(request, session)
    let operation = operation(of: request, session)
    notify(event(.effectStarted(request, operation: operation), session))
    let end: EffectEnd
    switch plan {
    case .immediate(let outcome):
      session.deferred.append(row(of: request, session, outcome: outcome))
      if session.deferred.count >= Self.maximumDeferred { try await flush(&session) }
      end = .resume(outcome)
    case .checkpoint:
      end = .init(try await performLocal(request, { (_, _) in .outcome(.value(.null)) }, &session, snapshot: true))
    case .local(let effect):
      end = .init(try await performLocal(request, effect, &session))
    case .staged(let staging):
      end = .init(try await performStaged(request, staging, &session))
    case .outside(let effect):
      end = try await performOutside(request, effect, &session, control)
    }
    switch end {
    case .resume(let outcome): notify(event(.effectFinished(request.effect, outcome), session))
    case .wait: notify(event(.waiting(request.effect), session))
    case .stopped: break
    }
    return end
  }

  /// The first stage, and what is to be done.
  ///
  /// A refused effect has its outcome at once.
  private func plan(_ request: EffectRequest, _ session: ExecutionSession) async -> EffectPlan {
    guard RequestCodec.encode(request).count <= configuration.limits.effectBytes else {
      return .immediate(
        .failure(
          ProgramError(
            kind: "LimitExceeded",
            message: "the arguments have more than \(configuration.limits.effectBytes) bytes")))
    }
    if let refusal = await authorize(request, session) { return .immediate(.failure(refusal)) }
    do { return try planner.plan(request, in: session) } catch { return .immediate(.failure(error)) }
  }

  func operation(of request: EffectRequest, _ session: ExecutionSession) -> String {
    if let tool = request.tool, session.program.program.tools.indices.contains(tool) {
      return "tool:\(session.program.program.tools[tool].name)"
    }
    return request.effect.operation ?? BuiltinSignature.name(of: request.effect)
  }

  private func authorize(_ request: EffectRequest, _ session: ExecutionSession) async -> ProgramError? {
    switch request.effect {
    case .parallel, .race:
      // Lambdas are authorized effect by effect as they run; an agent named in a record is called here.
      guard let branches = try? EffectPlanner.branches(EffectArguments(request)) else { return nil }
      for branch in branches {
        guard case .agent(let name, let input) = branch.target else { continue }
        var call = request
        call.effect = .call
        call.arguments = [.string(name), input]
        call.options = Record()
        if let refusal = await authorize(call, operation: "call", session) { return refusal }
      }
      return nil
    default:
      guard request.effect.operation != nil else { return nil }
      return await authorize(request, operation: operation(of: request, session), session)
    }
  }

  private func authorize(
    _ request: EffectRequest, operation: String, _ session: ExecutionSession
  ) async -> ProgramError? {
    let decision = await configuration.authorizer.authorize(
      AuthorizationRequest(
        agentID: session.agentID, executionID: session.id, program: session.program.executable, agent: session.agent,
        parameters: session.parameters, effect: request.effect, operation: operation, arguments: request.arguments,
        options: request.options))
    switch decision {
    case .allow: return nil
    case .deny(let reason):
      return ProgramError(
        kind: "PolicyDenied", message: "`\(operation)` is denied: \(reason)",
        data: .record(["operation": .string(operation), "reason": .string(reason)]))
    case .requireApproval(let group, let reason):
      return ProgramError(
        kind: "ApprovalDenied",
        message: "`\(operation)` needs the approval of `\(group)`, and this runtime has nobody to ask: \(reason)",
        data: .record(["operation": .string(operation), "group": .string(group)]))
    }
  }

  // MARK: Effects in the store

  private func performStaged(
    _ request: EffectRequest, _ staging: Staging, _ session: inout ExecutionSession
  ) async throws(StoreError) -> LocalResult? {
    let staged: StagedEffect
    do { staged = try await staging() } catch {
      return try await performLocal(request, { (_, _) in .outcome(.failure(error)) }, &session)
    }
    let result: LocalResult?
    do throws(StoreError) { result = try await performLocal(request, staged.body, &session) } catch {
      staged.after(nil)
      throw error
    }
    staged.after(result)
    // A message that came just before the execution waited, or that it gave back, is not told of again.
    if request.effect == .receive, !(result?.isOutcome ?? false) { lookForMessages(of: session.agentID) }
    return result
  }

  /// Nil when the execution was ended meanwhile, and nothing was kept.
  private func performLocal(
    _ request: EffectRequest, _ effect: @escaping LocalEffect, _ session: inout ExecutionSession, snapshot: Bool = false
  ) async throws(StoreError) -> LocalResult? {
    let id = session.id
    let deferred = session.deferred
    let waiting = row(of: request, session, outcome: nil, state: .waiting)
    let machine = session.takeSnapshot(force: snapshot, waiting: Self.mayWait(request.effect))
    let deadline = session.deadline
    let initial = records()
    let result: (LocalResult, Consequences)
    do {
      result = try await store.write(isolated: Self.mayWait(request.effect)) { store in
        var records = initial
        for row in deferred { try store.insertEffect(row, of: id) }
        let result = try effect(store, &records)
        var row = waiting
        switch result {
        case .outcome(let outcome):
          row.finish(outcome, at: records.now)
          try store.insertEffect(row, of: id)
        case .wait(let reason, let until):
          let wakeAt = [until, deadline].compactMap { $0 }.min()
          try store.insertEffect(row, of: id)
          guard try store.setWaiting(id, for: reason, wakeAt: wakeAt, at: records.now) else { throw ExecutionEnded() }
          records.consequences.wake(at: wakeAt)
        }
        if let machine { try store.saveSnapshot(machine, of: id, at: row.sequence) }
        return (result, records.consequences)
      }
    } catch .rejected(is ExecutionEnded) {
      return nil
    }
    session.deferred = []
    apply(result.1)
    return result.0
  }

  private static func mayWait(_ effect: Effect) -> Bool {
    switch effect {
    case .sleep, .receive, .ask, .call, .parallel, .race: true
    default: false
    }
  }

  // MARK: Effects outside

  private func performOutside(
    _ request: EffectRequest, _ effect: OutsideEffect, _ session: inout ExecutionSession, _ control: ActivationControl
  ) async throws(StoreError) -> EffectEnd {
    let id = session.id
    if !effect.isReadOnly {
      let rows = session.deferred + [row(of: request, session, outcome: nil, state: .intended)]
      try await store.write { store in
        for row in rows { try store.insertEffect(row, of: id) }
      }
      session.deferred = []
    }
    let operation = operation(of: request, session)
    guard let outcome = await attempt(effect, operation, session, control, isRepeated: false) else { return .stopped }
    if effect.isReadOnly {
      session.deferred.append(row(of: request, session, outcome: outcome))
      return .resume(outcome)
    }
    return try await record(outcome, &session)
  }

  /// Performs an outside effect until it is done or the execution is stopped; then its outcome stays open.
  func perform(
    _ effect: OutsideEffect, _ session: ExecutionSession, _ control: ActivationControl, isRepeated: Bool
  ) async -> EffectOutcome? {
    let id = session.effectID
    return await control.unlessStopped { await self.performUnstopped(effect, id, isRepeated: isRepeated) }
  }

  /// Performs an outside effect until it is done or its task is cancelled.
  func performUnstopped(_ effect: OutsideEffect, _ id: EffectID, isRepeated: Bool) async -> EffectOutcome {
    configuration.performObserver?.beforePerform(id)
    let outcome = await effect.perform(id, isRepeated)
    configuration.performObserver?.afterPerform(id)
    return outcome
  }

  private func record(
    _ outcome: EffectOutcome, _ session: inout ExecutionSession
  ) async throws(StoreError) -> EffectEnd {
    let (id, sequence, time) = (session.id, session.sequence, now)
    let bounded = bounded(outcome)
    let machine = session.takeSnapshot()
    try await store.write { store in
      try store.finishEffect(sequence, of: id, outcome: OutcomeCodec.encode(bounded), at: time)
      if let machine { try store.saveSnapshot(machine, of: id, at: sequence) }
    }
    return .resume(bounded)
  }

  private func bounded(_ outcome: EffectOutcome) -> EffectOutcome {
    guard OutcomeCodec.encode(outcome).count > configuration.limits.effectBytes else { return outcome }
    return .failure(
      ProgramError(
        kind: "LimitExceeded", message: "the outcome has more than \(configuration.limits.effectBytes) bytes"))
  }

  /// Settles an effect that was intended before a crash: an idempotent one is done again under the same id, any other is
  /// unknown to the program too.
  func settle(
    _ request: EffectRequest?, _ session: inout ExecutionSession, _ control: ActivationControl
  ) async throws(StoreError) -> EffectEnd {
    if let request, case .outside(let effect) = await plan(request, session), effect.isIdempotent {
      let name = operation(of: request, session)
      guard let outcome = await attempt(effect, name, session, control, isRepeated: true) else { return .stopped }
      return try await record(outcome, &session)
    }
    let name = request.map { operation(of: $0, session) } ?? "the effect"
    return try await record(
      .failure(
        ProgramError(
          kind: "OutcomeUnknown",
          message: "`\(name)` was interrupted by a crash: it may have run, and it is not run again")),
      &session)
  }

  private func row(
    of request: EffectRequest, _ session: ExecutionSession, outcome: EffectOutcome?, state: EffectState = .done
  ) -> EffectRow {
    let time = now
    var row = EffectRow(
      sequence: session.sequence, effect: request.effect.rawValue, state: state, request: RequestCodec.encode(request),
      startedAt: time)
    if let outcome { row.finish(outcome, at: time) }
    return row
  }
}

extension EffectRow {
  fileprivate mutating func finish(_ outcome: EffectOutcome, at time: Timestamp) {
    state = .done
    self.outcome = OutcomeCodec.encode(outcome)
    finishedAt = time
  }
}
