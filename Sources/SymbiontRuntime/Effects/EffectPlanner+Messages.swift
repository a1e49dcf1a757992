internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontMessaging
internal import SymbiontStore

extension EffectPlanner {
  private static let priorities: [String: Priority] = [
    "low": .low, "normal": .normal, "high": .high, "critical": .critical,
  ]

  /// `send`, `publish`, `subscribe`, `unsubscribe`, `receive` and `ask`, over the bus; `reply` is with ``ask``.
  func message(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> Staging {
    switch arguments.request.effect {
    case .send: return try send(arguments, session)
    case .publish: return try publish(arguments, session)
    case .receive: return try receive(arguments, session)
    case .ask: return try ask(arguments, session)
    case .reply: return try reply(arguments, session)
    case .subscribe:
      return try subscription(arguments, session) { subscription, store in
        try subscription.insert(in: store)
        return .null
      } after: {
        $0.inserted()
      }
    default:
      return try subscription(arguments, session) { subscription, store in
        .bool(try subscription.remove(in: store))
      } after: {
        $0.removed()
      }
    }
  }

  /// The bus, with a mailbox for the agent.
  func messages(for agentID: AgentID) async throws(ProgramError) -> AgentMessages {
    try await ProgramError.ofMessages { () throws(CommunicationError) in
      let messages = try services.messages.get()
      try await messages.open(agentID)
      return messages
    }
  }

  func payload(_ arguments: EffectArguments) throws(ProgramError) -> Value {
    guard let payload = Self.storable(arguments.value(1)) else {
      throw arguments.mismatch("payload", "a value without functions", arguments.value(1))
    }
    return payload
  }

  // MARK: One receiver

  private func send(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> Staging {
    let name = try arguments.text(0, "to")
    let payload = try payload(arguments)
    let timeToLive = try arguments.optionalDuration("ttl")
    var topic: String?
    if case .string(let given)? = arguments.request.options["topic"], !given.isEmpty { topic = given }
    var priority = Priority.normal
    if let given = arguments.request.options["priority"], given != .null {
      guard case .string(let name) = given, let known = Self.priorities[name.lowercased()] else {
        throw arguments.mismatch("priority", "one of low, normal, high, critical", given)
      }
      priority = known
    }
    let sender = session.agentID
    return { [topic, priority] () throws(ProgramError) in
      let messages = try await messages(for: sender)
      let recipient = try await messages.recipient(name)
      let message = messages.message(
        from: sender, to: recipient, payload: payload, topic: topic, priority: priority, timeToLive: timeToLive)
      let send = try await ProgramError.ofMessages { () throws(CommunicationError) in
        try await messages.bus.prepare([message])
      }
      return StagedEffect { (store, _) in
        try send?.insert(in: store)
        return .outcome(.value(.string("\(message.id)")))
      } after: { result in
        result == nil ? send?.withdraw() : send?.sent()
      }
    }
  }

  private func receive(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> Staging {
    let timeout = try arguments.optionalDuration("timeout")
    let agentID = session.agentID
    return { () throws(ProgramError) in
      let next = try await ProgramError.ofMessages { () throws(CommunicationError) in
        let messages = try services.messages.get()
        await messages.turns.pass(agentID)
        return try await messages.next(for: agentID)
      }
      return StagedEffect { (store, records) in
        if let next, try next.delivery.takeIfWaiting(in: store, at: records.now) { return .outcome(.value(next.value)) }
        if timeout == .zero { return .outcome(.value(.null)) }
        return .wait(.message, until: timeout.map { records.now + $0 })
      } after: { result in
        switch result {
        case .outcome(.value(.record)): next?.delivery.taken()
        case .outcome, .wait, nil: next?.delivery.giveBack()
        }
      }
    }
  }

  // MARK: Topics

  private func publish(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> Staging {
    let topic = try arguments.text(0, "topic")
    let payload = try payload(arguments)
    let sender = session.agentID
    return { () throws(ProgramError) in
      let messages = try await messages(for: sender)
      let message = messages.message(from: sender, to: sender, payload: payload)
      let prepared = try await ProgramError.ofMessages { () throws(CommunicationError) in
        try await messages.bus.preparePublication(message, to: topic)
      }
      let count = prepared.reduce(0) { count, send in count + send.rows.count { $0.status == .pending } }
      return StagedEffect { (store, _) in
        for send in prepared { try send.insert(in: store) }
        return .outcome(.value(.int(Int64(count))))
      } after: { result in
        for send in prepared { result == nil ? send.withdraw() : send.sent() }
      }
    }
  }

  /// `subscribe` and `unsubscribe`: a change of the subscription, and what follows once it is durable.
  private func subscription(
    _ arguments: EffectArguments, _ session: ExecutionSession,
    change: @escaping @Sendable (PreparedSubscription, borrowing StoreTransaction) throws -> Value,
    after: @escaping @Sendable (PreparedSubscription) -> Void
  ) throws(ProgramError) -> Staging {
    let topic = try arguments.text(0, "topic")
    let agentID = session.agentID
    return { () throws(ProgramError) in
      let bus = try await messages(for: agentID).bus
      let subscription = try await ProgramError.ofMessages { () throws(CommunicationError) in
        try bus.prepareSubscription(agentID, topic: topic)
      }
      return StagedEffect { (store, _) in
        .outcome(.value(try change(subscription, store)))
      } after: { result in
        if result != nil { after(subscription) }
      }
    }
  }
}

extension ProgramError {
  /// Runs something of the bus; its errors are `MessageError`s with the bus's code.
  static func ofMessages<T>(_ body: () async throws(CommunicationError) -> T) async throws(ProgramError) -> T {
    do { return try await body() } catch { throw ProgramError(error) }
  }

  /// An error of the bus as a program sees it.
  init(_ error: CommunicationError) {
    self.init(kind: "MessageError", message: error.message, data: .record(["code": .string(error.code)]))
  }
}
