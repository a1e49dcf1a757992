internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontMessaging
internal import SymbiontStore

extension EffectPlanner {
  /// `ask`: an agent that runs gets a message and replies; one that does not is called with the payload, and its result is
  /// the answer.
  func ask(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> Staging {
    let name = try arguments.text(0, "agent")
    let payload = try payload(arguments)
    let timeout = try arguments.optionalDuration("timeout")
    let starter = ChildStarter(session: session, errorHandler: services.errorHandler)
    let call = start(
      [ChildRequest(target: .agent(name, input: payload))], session, timeout: timeout, reason: .children)
    return { () throws(ProgramError) in
      let messages = try await messages(for: starter.agentID)
      let recipient = try await messages.recipient(name)
      let message = messages.message(from: starter.agentID, to: recipient, payload: payload)
      let send = try await ProgramError.ofMessages { () throws(CommunicationError) -> PreparedSend? in
        guard recipient != starter.agentID, try await messages.isBusy(recipient) else { return nil }
        return try await messages.bus.prepare([message])
      }
      guard let send else { return StagedEffect(body: call) }
      return StagedEffect { (store, records) in
        // It may have ended meanwhile, and would not read the message.
        guard try store.countUnfinished(of: recipient) > 0 else { return try call(store, &records) }
        try send.insert(in: store)
        try store.insertAsk(message.id, execution: starter.parent, sequence: starter.sequence)
        return .wait(.reply, until: timeout.map { records.now + $0 })
      } after: { result in
        if case .wait(.reply, _)? = result { send.sent() } else { send.withdraw() }
      }
    }
  }

  /// `reply`: the answer is a message, delivered as it wakes the asker; one that comes too late is a dead letter.
  func reply(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> Staging {
    let message = arguments.value(0)
    let payload = try payload(arguments)
    let text = message.stringValue ?? message["id"]?.stringValue
    guard let text, let request = MessageID(text) else {
      throw arguments.mismatch("message", "a received message", message)
    }
    let sender = message["from"]?.stringValue.flatMap(AgentID.init)
    let replier = session.agentID
    let nobody = ProgramError(
      kind: "MessageError", message: "nobody waits for a reply to message `\(request)` (any more)")
    return { () throws(ProgramError) in
      let messages = try await messages(for: replier)
      let answer = try await ProgramError.ofMessages { () throws(CommunicationError) -> PreparedReply? in
        guard let asker = try await messages.asker(of: request, by: replier) ?? sender, messages.bus.isRegistered(asker)
        else { return nil }
        return try await messages.bus.prepareReply(
          messages.message(from: replier, to: asker, payload: payload, inReplyTo: request))
      }
      guard let answer else { throw nobody }
      return StagedEffect { (store, records) in
        let ask = try messages.isAsked(replier, by: request, in: store) ? try store.takeAsk(request) : nil
        try answer.insert(isAwaited: ask != nil, at: records.now, in: store)
        guard let ask else { return .outcome(.failure(nobody)) }
        try records.resume(ask.execution, sequence: ask.sequence, with: .value(payload), in: store)
        return .outcome(.value(.null))
      } after: { result in
        switch result {
        case .outcome(.value): answer.sent(isAwaited: true)
        case .outcome(.failure): answer.sent(isAwaited: false)
        case .wait, nil: answer.withdraw()
        }
      }
    }
  }
}

extension AgentMessages {
  /// The agent of a name or id, with a mailbox.
  func recipient(_ name: String) async throws(ProgramError) -> AgentID {
    let agent = try await ProgramError.ofMessages { () throws(CommunicationError) in
      try await store.read(throwing: CommunicationError.self) { store in try AgentLookup.find(name, in: store) }
    }
    guard let agent else { throw ProgramError(kind: "MessageError", message: "there is no agent `\(name)`") }
    guard agent.state != .terminated, agent.state != .terminating else {
      throw ProgramError(kind: "MessageError", message: "agent `\(agent.name)` is terminated")
    }
    try await ProgramError.ofMessages { () throws(CommunicationError) in
      guard !bus.isRegistered(agent.id) else { return }
      try await open(agent.id)
      // One that ended meanwhile keeps no mailbox.
      let isLiving = try await store.read(throwing: CommunicationError.self) { store in
        try store.agentStanding(agent.id).map { $0.state != .terminated } ?? false
      }
      if !isLiving {
        try await close(agent.id)
        throw .agentNotRegistered(agentID: agent.id)
      }
    }
    return agent.id
  }

  /// Whether the agent is doing something, and so reads its messages.
  func isBusy(_ agentID: AgentID) async throws(CommunicationError) -> Bool {
    try await store.read(throwing: CommunicationError.self) { store in try store.countUnfinished(of: agentID) > 0 }
  }

  /// Who waits for an agent's answer to a request; nil when nobody does.
  func asker(of request: MessageID, by replier: AgentID) async throws(CommunicationError) -> AgentID? {
    try await store.read(throwing: CommunicationError.self) { store in
      guard try isAsked(replier, by: request, in: store), let ask = try store.ask(request) else { return nil }
      return try store.execution(ask.execution)?.agentID
    }
  }

  /// Whether a request was sent to the agent; one that is forgotten by now was sent to anybody.
  func isAsked(_ agentID: AgentID, by request: MessageID, in store: borrowing StoreTransaction) throws -> Bool {
    try bus.recipient(of: request, in: store).map { $0 == agentID } ?? true
  }
}

extension StoreTransaction {
  func countUnfinished(of agentID: AgentID) throws -> Int {
    try countExecutions(.ready, of: agentID) + countExecutions(.waiting, of: agentID)
  }
}
