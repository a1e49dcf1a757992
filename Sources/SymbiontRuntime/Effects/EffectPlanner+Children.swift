internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery
internal import SymbiontStore

/// One branch of `parallel` or `race`, or the one child of `call` and `spawn`.
struct ChildRequest: Sendable {
  enum Target: Sendable {
    /// Another agent, by name or id, and its input.
    case agent(String, input: Value)
    /// A closure of the same program.
    case function(FunctionValue)
  }

  var target: Target
}

extension EffectPlanner {
  /// `call`, `spawn`, `parallel` and `race`: executions that this one starts.
  func children(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> LocalEffect {
    let timeout = try arguments.optionalDuration("timeout")
    switch arguments.request.effect {
    case .call: return call(try single(arguments), session, timeout: timeout)
    case .spawn: return spawn(try single(arguments), session)
    default:
      let branches = try Self.branches(arguments)
      guard branches.count <= services.limits.branches else {
        throw ProgramError(
          kind: "LimitExceeded",
          message: "\(arguments.name): \(branches.count) branches, the maximum is \(services.limits.branches)")
      }
      let isRace = arguments.request.effect == .race
      if branches.isEmpty {
        guard isRace else { return { (_, _) in .outcome(.value(.array([]))) } }
        throw ProgramError(kind: "TypeError", message: "race: there is no branch to wait for")
      }
      return start(branches, session, timeout: timeout, reason: isRace ? .firstChild : .children)
    }
  }

  /// The branches of `parallel` and `race`: lambdas, `{agent, input}` or `{agent, message}`.
  static func branches(_ arguments: EffectArguments) throws(ProgramError) -> [ChildRequest] {
    var branches: [ChildRequest] = []
    for (index, value) in try arguments.array(0, "branches").enumerated() {
      switch value {
      case .function(let function): branches.append(ChildRequest(target: .function(function)))
      case .record(let record):
        guard case .string(let agent) = record["agent"] else {
          throw ProgramError(
            kind: "TypeError", message: "\(arguments.name): branches[\(index)].agent must be an agent's name")
        }
        let input = record["input"] ?? record["message"] ?? .null
        branches.append(ChildRequest(target: .agent(agent, input: input)))
      default:
        throw arguments.mismatch("branches[\(index)]", "a lambda or a record {agent, input}", value)
      }
    }
    return branches
  }

  private func single(_ arguments: EffectArguments) throws(ProgramError) -> ChildRequest {
    ChildRequest(target: .agent(try arguments.text(0, "agent"), input: arguments.value(1)))
  }

  private func call(_ child: ChildRequest, _ session: ExecutionSession, timeout: Duration?) -> LocalEffect {
    start([child], session, timeout: timeout, reason: .children)
  }

  private func spawn(_ child: ChildRequest, _ session: ExecutionSession) -> LocalEffect {
    let starter = ChildStarter(session: session, errorHandler: services.errorHandler)
    return { (store, records) in
      switch try starter.row(for: child, branch: ChildStarter.spawned, now: records.now, in: store) {
      case .failure(let error): return .outcome(.failure(error))
      case .success(let row):
        try records.start(row, in: store)
        return .outcome(.value(.string(row.id.description)))
      }
    }
  }

  func start(
    _ children: [ChildRequest], _ session: ExecutionSession, timeout: Duration?, reason: WaitReason
  ) -> LocalEffect {
    let starter = ChildStarter(session: session, errorHandler: services.errorHandler)
    return { (store, records) in
      var rows: [ExecutionRow] = []
      for (branch, child) in children.enumerated() {
        switch try starter.row(for: child, branch: branch, now: records.now, in: store) {
        case .failure(let error): return .outcome(.failure(error))
        case .success(let row): rows.append(row)
        }
      }
      for row in rows { try records.start(row, in: store) }
      return .wait(reason, until: timeout.map { records.now + $0 })
    }
  }
}

/// Makes the stored form of an execution's children.
struct ChildStarter: Sendable {
  /// The branch number of an execution that is on its own.
  static let spawned = -1

  let parent: ExecutionID
  let sequence: Int
  let agentID: AgentID
  let agentName: String
  let program: [UInt8]
  let deadline: Timestamp?
  /// Knows which agents failed too often in a row to be called.
  let errorHandler: DefaultErrorHandler?

  init(session: ExecutionSession, errorHandler: DefaultErrorHandler?) {
    self.errorHandler = errorHandler
    parent = session.id
    sequence = session.sequence
    agentID = session.agentID
    agentName = session.agent.name
    program = session.program.hash
    deadline = session.deadline
  }

  /// The row of a child, or the error that the program sees.
  func row(
    for child: ChildRequest, branch: Int, now: Timestamp, in store: borrowing StoreTransaction
  ) throws -> Result<ExecutionRow, ProgramError> {
    let origin = ExecutionRow.Parent(execution: parent, sequence: sequence, branch: branch)
    switch child.target {
    case .function(let function):
      return .success(
        ExecutionRow(
          id: ExecutionID(), agentID: agentID, agentName: agentName, program: program,
          input: ValueCodec.encode(.null), branchFunction: ValueCodec.encode(.function(function)), deadline: deadline,
          parent: origin, createdAt: now))
    case .agent(let name, let input):
      guard let input = EffectPlanner.storable(input) else {
        return .failure(ProgramError(kind: "TypeError", message: "an agent's input cannot hold a function"))
      }
      guard let agent = try AgentLookup.find(name, in: store) else {
        return .failure(ProgramError(kind: "AgentFailed", message: "there is no agent `\(name)`"))
      }
      guard agent.state == .running || agent.state == .suspended else {
        return .failure(
          ProgramError(kind: "AgentFailed", message: "agent `\(name)` is \(agent.state.rawValue), not Running"))
      }
      if case .open(let until)? = errorHandler?.breaker(agent.id) {
        return .failure(.circuitOpen("call", .circuitOpen(agentID: agent.id, until: until)))
      }
      return .success(
        ExecutionRow(
          calling: agent, input: input, parent: origin, noLaterThan: branch == Self.spawned ? nil : deadline, at: now))
    }
  }
}

/// Finds agents as programs name them.
enum AgentLookup {
  /// By id when the text is one, else the newest living agent of the name.
  static func find(_ name: String, in store: borrowing StoreTransaction) throws -> AgentRow? {
    if let id = AgentID(name), let agent = try store.agent(id) { return agent }
    return try store.agent(named: name)
  }
}
