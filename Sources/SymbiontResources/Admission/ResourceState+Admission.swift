import SymbiontCore

extension ResourceState {
  /// What becomes of a request for the resources of a command.
  enum Admission: Sendable {
    case granted(ResourceLimits)
    case waits(AdmissionQueue.Number)
  }

  /// A request whose turn has come.
  struct Grant: Sendable {
    var number: AdmissionQueue.Number
    var agentID: AgentID
    var limits: ResourceLimits
  }

  /// Lets a command of an agent begin, or wait behind all others.
  ///
  /// An agent that has something already, because it was allocated or because another command of it runs, has it for
  /// this one too.
  ///
  /// - Throws: What is asked for can never be had, in words; nothing has changed then.
  mutating func admit(
    _ agentID: AgentID, _ limits: ResourceLimits, at time: Timestamp
  ) throws(ResourceLedger.Refusal) -> Admission {
    if let allocation = allocations[agentID] {
      queue.began(agentID)
      return .granted(allocation.limits)
    }
    try ledger.checkCapacity(for: ResourceAmount(limits))
    if queue.waiting.isEmpty, allocate(limits, to: agentID, at: time) { return .granted(limits) }
    guard queue.hasRoom else {
      throw .insufficient("a command, for which \(AdmissionQueue.maximumWaiting) others wait already")
    }
    return .waits(queue.add(agentID, limits))
  }

  /// A command has ended: what was taken for it alone is free again.
  mutating func release(_ agentID: AgentID, at time: Timestamp) -> [Grant] {
    guard queue.ended(agentID) else { return [] }
    evidence[agentID] = nil
    if allocations[agentID]?.isTransient == true {
      // What it used stays known, so that what happened at its end can still be asked for.
      try? ledger.deallocate(agentID)
      allocations[agentID] = nil
    }
    return serve(at: time)
  }

  /// Gives up a request that waits; those behind it may have their turn now.
  mutating func withdraw(_ number: AdmissionQueue.Number, at time: Timestamp) -> [Grant] {
    queue.take(number) == nil ? [] : serve(at: time)
  }

  /// Grants, in order of arrival, what can be granted; a request for which there is not enough holds up those behind it,
  /// so that none waits for ever.
  mutating func serve(at time: Timestamp) -> [Grant] {
    var grants: [Grant] = []
    for request in queue.waiting where allocations[request.agentID] != nil { grants += join(request) }
    while let first = queue.waiting.first, allocate(first.limits, to: first.agentID, at: time) {
      _ = queue.take(first.number)
      grants.append(Grant(number: first.number, agentID: first.agentID, limits: first.limits))
      for request in queue.waiting where request.agentID == first.agentID { grants += join(request) }
    }
    return grants
  }

  private mutating func join(_ request: AdmissionQueue.Request) -> [Grant] {
    guard let allocation = allocations[request.agentID], queue.take(request.number) != nil else { return [] }
    queue.began(request.agentID)
    return [Grant(number: request.number, agentID: request.agentID, limits: allocation.limits)]
  }

  /// Takes what a command needs, if it is free.
  private mutating func allocate(_ limits: ResourceLimits, to agentID: AgentID, at time: Timestamp) -> Bool {
    do throws(ResourceLedger.Refusal) {
      try ledger.allocate(ResourceAmount(limits), to: agentID)
    } catch { return false }
    allocations[agentID] = Allocation(limits: limits, allocatedAt: time, isTransient: true)
    queue.began(agentID)
    return true
  }
}
