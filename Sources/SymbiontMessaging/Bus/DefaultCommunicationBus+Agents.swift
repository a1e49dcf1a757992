public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultCommunicationBus {
  /// Gives the agent a mailbox and keys; one that was registered before, and is not forgotten, gets the keys of a new epoch.
  public func registerAgent(_ agentID: AgentID, capabilities: [Capability]) async throws(CommunicationError) {
    try beginChange(of: agentID) { state throws(CommunicationError) in
      guard state.machine.mailboxes[agentID] == nil else { throw .agentAlreadyRegistered(agentID: agentID) }
      guard state.machine.mailboxes.count < limits.agents else {
        throw .limitReached(what: "registered agents", maximum: limits.agents)
      }
    }
    defer { endChange(of: agentID) }
    let now = environment.clock.now()
    let (identity, row) = try newIdentity(of: agentID, at: now)
    try await store.write(throwing: CommunicationError.self) { transaction in
      try transaction.insertBusAgent(agentID, capabilities: capabilities, at: now)
      try transaction.insertIdentity(row, keeping: KeyRing.maximumEpochs)
    }
    try keys.with { $0.add(identity) }
    state.withLock { $0.machine.register(agentID) }
  }

  /// Takes the agent's mailbox and subscriptions away; what is in the mailbox becomes dead letters.
  ///
  /// The public keys stay as long as there are messages of the agent, so that what it has sent can still be received.
  public func unregisterAgent(_ agentID: AgentID) async throws(CommunicationError) {
    try beginChange(of: agentID) { state throws(CommunicationError) in
      guard state.machine.mailboxes[agentID] != nil else { throw .agentNotRegistered(agentID: agentID) }
    }
    defer { endChange(of: agentID) }
    try await store.write(throwing: CommunicationError.self) { try $0.retireBusAgent(agentID) }
    let (wakes, settlements) = try underLock { state throws(CommunicationError) in
      for text in state.subscriptions.patterns(of: agentID) {
        state.unsubscribe(agentID, try TopicPattern(pattern: text))
      }
      return (state.wakeReceivers(of: agentID), state.machine.unregister(agentID))
    }
    for wake in wakes { wake() }
    if !settlements.isEmpty { try await settleNow(settlements) }
    await noteRetiredAgent()
  }

  // MARK: Keys

  /// The public keys of the agent, the present ones last.
  public func publicKeys(of agentID: AgentID) async throws(CommunicationError) -> [PublicIdentity] {
    let published = try keys.with { $0.published(of: agentID) }
    guard !published.isEmpty else { throw .agentNotRegistered(agentID: agentID) }
    return published
  }

  /// Gives the agent new keys, signed by the present ones; what the present ones signed and sealed stays good.
  @discardableResult
  public func rotateKeys(of agentID: AgentID) async throws(CommunicationError) -> PublicIdentity {
    try beginChange(of: agentID) { state throws(CommunicationError) in
      guard state.machine.mailboxes[agentID] != nil else { throw .agentNotRegistered(agentID: agentID) }
    }
    defer { endChange(of: agentID) }
    return try await rotate(agentID)
  }

  /// Trusts keys of the agent no more: what they signed or what was sealed for them is refused from now on.
  ///
  /// When they are the present ones, the agent gets new ones, which the revoked ones do not vouch for.
  public func revokeKeys(of agentID: AgentID, epoch: Int) async throws(CommunicationError) {
    try beginChange(of: agentID) { _ throws(CommunicationError) in }
    defer { endChange(of: agentID) }
    let now = environment.clock.now()
    guard epoch > 0 else { throw .keyUnknown(agentID: agentID, epoch: epoch) }
    let isPresent = try keys.with { $0.currentEpoch(of: agentID) == epoch }
    // Both or neither: an agent whose only keys are revoked could neither send nor be sent to.
    let next = isPresent ? try newIdentity(of: agentID, at: now, certified: false) : nil
    let row = next?.row
    let isKnown = try await store.write(throwing: CommunicationError.self) { transaction in
      guard try transaction.revokeIdentity(agentID, epoch: epoch, at: now) || row != nil else { return false }
      if let row { try transaction.insertIdentity(row, keeping: KeyRing.maximumEpochs) }
      return true
    }
    guard isKnown else { throw .keyUnknown(agentID: agentID, epoch: epoch) }
    try keys.with { ring in
      ring.revoke(agentID, epoch: epoch, at: now)
      if let next { ring.add(next.identity) }
    }
    environment.observe(.keysRevoked(agentID, epoch: epoch))
    if let next { environment.observe(.keysRotated(agentID, epoch: next.row.epoch)) }
  }

  private func rotate(_ agentID: AgentID) async throws(CommunicationError) -> PublicIdentity {
    let (identity, row) = try newIdentity(of: agentID, at: environment.clock.now())
    try await store.write(throwing: CommunicationError.self) { transaction in
      try transaction.insertIdentity(row, keeping: KeyRing.maximumEpochs)
    }
    try keys.with { $0.add(identity) }
    environment.observe(.keysRotated(agentID, epoch: row.epoch))
    return identity.published
  }

  /// Keys of the next epoch, certified by those of the present one unless they are revoked.
  private func newIdentity(
    of agentID: AgentID, at time: Timestamp, certified: Bool = true
  ) throws(CommunicationError) -> (identity: AgentIdentity, row: IdentityRow) {
    let (epoch, former) = try keys.with { ring throws(CommunicationError) -> (Int, AgentIdentity?) in
      let epoch = ring.currentEpoch(of: agentID)
      guard epoch > 0 else { return (1, nil) }
      guard certified else { return (epoch + 1, nil) }
      do throws(CommunicationError) {
        return (epoch + 1, try ring.identity(of: agentID, epoch: epoch))
      } catch {
        guard case .keyRevoked = error else { throw error }
        return (epoch + 1, nil)
      }
    }
    let identity = AgentIdentity(agentID: agentID, epoch: epoch, createdAt: time)
    return (identity, try identity.row(masterKey: masterKey, certifiedBy: former))
  }

  /// Lets one change of an agent at a time through; another at the same time is refused as it would be after it.
  private func beginChange(
    of agentID: AgentID, _ check: (BusState) throws(CommunicationError) -> Void
  ) throws(CommunicationError) {
    try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      try check(state)
      guard state.changing.insert(agentID).inserted else { throw .agentAlreadyRegistered(agentID: agentID) }
    }
  }

  private func endChange(of agentID: AgentID) {
    state.withLock { _ = $0.changing.remove(agentID) }
  }
}
