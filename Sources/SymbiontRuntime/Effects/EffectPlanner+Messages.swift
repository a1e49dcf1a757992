internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontStore

extension EffectPlanner {
  /// `send`, `publish`, `subscribe`, `unsubscribe`, `receive`, `ask` and `reply`: the durable mailbox.
  func message(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> LocalEffect {
    switch arguments.request.effect {
    case .send: return try send(arguments, session)
    case .publish: return try publish(arguments, session)
    case .receive: return try receive(arguments, session)
    case .ask: return try ask(arguments, session)
    case .reply: return try reply(arguments)
    case .subscribe:
      let topic = try topic(arguments)
      return { [agent = session.agentID] (store, _) in
        try store.subscribe(agent, to: topic)
        return .outcome(.value(.null))
      }
    default:
      let topic = try topic(arguments)
      return { [agent = session.agentID] (store, _) in
        .outcome(.value(.bool(try store.unsubscribe(agent, from: topic))))
      }
    }
  }

  private func topic(_ arguments: EffectArguments) throws(ProgramError) -> String {
    let topic = try arguments.text(0, "topic")
    guard !topic.isEmpty, topic.utf8.count <= services.limits.topicBytes else {
      throw ProgramError(
        kind: "TypeError", message: "\(arguments.name): a topic has 1 to \(services.limits.topicBytes) bytes")
    }
    return topic
  }

  private func payload(_ value: Value, _ arguments: EffectArguments) throws(ProgramError) -> Value {
    guard let payload = Self.storable(value) else {
      throw arguments.mismatch("payload", "a value without functions", value)
    }
    return payload
  }

  private func send(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> LocalEffect {
    let name = try arguments.text(0, "to")
    var message = Mailbox.Outgoing(
      sender: session.agentID, senderName: session.agent.name, payload: try payload(arguments.value(1), arguments))
    if case .string(let topic)? = arguments.request.options["topic"] { message.topic = topic }
    message.timeToLive = try arguments.optionalDuration("ttl")
    if let given = arguments.request.options["priority"], given != .null {
      guard case .string(let name) = given, let priority = Mailbox.priorities[name.lowercased()] else {
        throw arguments.mismatch("priority", "one of low, normal, high, critical", given)
      }
      message.priority = priority
    }
    let mailbox = Mailbox(limits: services.limits)
    return { [message] (store, records) in
      guard let recipient = try AgentLookup.find(name, in: store) else {
        return .failure("MessageError", "there is no agent `\(name)`")
      }
      switch try mailbox.deliver(message, to: recipient, in: store, &records) {
      case .success(let id): return .outcome(.value(.string(id.description)))
      case .failure(let error): return .outcome(.failure(error))
      }
    }
  }

  private func publish(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> LocalEffect {
    let topic = try topic(arguments)
    var message = Mailbox.Outgoing(
      sender: session.agentID, senderName: session.agent.name, payload: try payload(arguments.value(1), arguments))
    message.topic = topic
    let mailbox = Mailbox(limits: services.limits)
    return { [message] (store, records) in
      var recipients: [AgentRow] = []
      for id in try store.subscribers(of: topic) {
        guard let agent = try store.agent(id), agent.state != .terminated else { continue }
        guard try mailbox.hasRoom(for: agent, in: store) else {
          return .outcome(.failure(mailbox.isFull(agent)))
        }
        recipients.append(agent)
      }
      for recipient in recipients { _ = try mailbox.deliver(message, to: recipient, in: store, &records) }
      return .outcome(.value(.int(Int64(recipients.count))))
    }
  }

  private func receive(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> LocalEffect {
    let timeout = try arguments.optionalDuration("timeout")
    let agent = session.agentID
    return { (store, records) in
      if let message = try store.takeMessage(for: agent, at: records.now) {
        return .outcome(.value(try Mailbox.value(of: message)))
      }
      if timeout == .zero { return .outcome(.value(.null)) }
      return .wait(.message, until: timeout.map { records.now + $0 })
    }
  }

  private func ask(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> LocalEffect {
    let name = try arguments.text(0, "agent")
    let payload = try payload(arguments.value(1), arguments)
    let timeout = try arguments.optionalDuration("timeout")
    let message = Mailbox.Outgoing(sender: session.agentID, senderName: session.agent.name, payload: payload)
    let mailbox = Mailbox(limits: services.limits)
    let starter = ChildStarter(session: session)
    let call = start(
      [ChildRequest(target: .agent(name, input: payload))], session, timeout: timeout, reason: .children)
    return { (store, records) in
      guard let recipient = try AgentLookup.find(name, in: store) else {
        return .failure("MessageError", "there is no agent `\(name)`")
      }
      // An agent that runs reads its inbox; one that does not is called with the payload, and its result is the answer.
      let running = try store.countExecutions(.ready, of: recipient.id)
      let waiting = try store.countExecutions(.waiting, of: recipient.id)
      guard recipient.id != starter.agentID, running + waiting > 0 else { return try call(store, &records) }
      switch try mailbox.deliver(message, to: recipient, in: store, &records) {
      case .failure(let error): return .outcome(.failure(error))
      case .success(let id):
        try store.insertAsk(id, execution: starter.parent, sequence: starter.sequence)
        return .wait(.reply, until: timeout.map { records.now + $0 })
      }
    }
  }

  private func reply(_ arguments: EffectArguments) throws(ProgramError) -> LocalEffect {
    let message = arguments.value(0)
    let payload = try payload(arguments.value(1), arguments)
    let text = message.stringValue ?? message["id"]?.stringValue
    guard let text, let id = MessageID(text) else {
      throw arguments.mismatch("message", "a received message", message)
    }
    return { (store, records) in
      guard let ask = try store.takeAsk(id) else {
        return .failure("MessageError", "nobody waits for a reply to message `\(id)` (any more)")
      }
      try records.resume(ask.execution, sequence: ask.sequence, with: .value(payload), in: store)
      return .outcome(.value(.null))
    }
  }
}
