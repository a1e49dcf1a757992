package import SymbiontCore

/// Who has how much of what all agents share.
///
/// The sum of what is promised is never above the capacity, unless a former runtime promised it; then nothing more is.
package struct ResourceLedger: Sendable {
  /// Why a request was not granted; the ledger is as it was.
  package enum Refusal: Error, Hashable {
    /// The agent has something already.
    case alreadyAllocated
    /// The agent has nothing.
    case notFound
    /// Not enough is free; in words that name what was asked for and what is free.
    case insufficient(String)
  }

  /// What can be promised in all.
  package let capacity: ResourceAmount
  /// What is promised in all.
  package private(set) var allocated = ResourceAmount.zero
  private var allocations: [AgentID: ResourceAmount] = [:]

  package init(capacity: ResourceAmount) {
    self.capacity = capacity
  }

  /// How many agents have something.
  package var count: Int { allocations.count }
  /// What can still be promised.
  package var free: ResourceAmount { capacity.subtracting(allocated) }

  /// What an agent has.
  package subscript(_ agentID: AgentID) -> ResourceAmount? { allocations[agentID] }

  /// Promises an amount to an agent that has nothing.
  package mutating func allocate(_ amount: ResourceAmount, to agentID: AgentID) throws(Refusal) {
    guard allocations[agentID] == nil else { throw .alreadyAllocated }
    try put(amount, to: agentID)
  }

  /// Throws when an amount can never be promised, whatever is given back.
  package func checkCapacity(for amount: ResourceAmount) throws(Refusal) {
    let shortages = ResourceShortage.all(asked: amount, former: .zero, available: capacity)
    guard shortages.isEmpty else {
      throw .insufficient("\(shortages.map(\.description).joined(separator: ", ")), and no more can ever be")
    }
  }

  /// Changes what an agent has.
  ///
  /// Only what grows must be free: an agent may always have less.
  package mutating func update(_ amount: ResourceAmount, of agentID: AgentID) throws(Refusal) {
    guard allocations[agentID] != nil else { throw .notFound }
    try put(amount, to: agentID)
  }

  /// Takes back what an agent has.
  package mutating func deallocate(_ agentID: AgentID) throws(Refusal) {
    guard let former = allocations.removeValue(forKey: agentID) else { throw .notFound }
    allocated = allocated.subtracting(former)
  }

  /// Takes over what a former runtime promised, even if the capacity is less now; false when the sum would not be
  /// representable.
  package mutating func restore(_ amount: ResourceAmount, of agentID: AgentID) -> Bool {
    guard allocations[agentID] == nil, let sum = allocated.adding(amount) else { return false }
    allocations[agentID] = amount
    allocated = sum
    return true
  }

  private mutating func put(_ amount: ResourceAmount, to agentID: AgentID) throws(Refusal) {
    let former = allocations[agentID] ?? .zero
    let others = allocated.subtracting(former)
    let available = capacity.subtracting(others)
    let shortages = ResourceShortage.all(asked: amount, former: former, available: available)
    guard shortages.isEmpty, let sum = others.adding(amount) else {
      throw .insufficient(shortages.map(\.description).joined(separator: ", "))
    }
    allocations[agentID] = amount
    allocated = sum
  }
}

/// One resource of which more was asked than is free.
struct ResourceShortage: CustomStringConvertible {
  let description: String

  static func all(
    asked: ResourceAmount, former: ResourceAmount, available: ResourceAmount
  ) -> [ResourceShortage] {
    func isShort(_ path: KeyPath<ResourceAmount, Int>) -> Bool {
      asked[keyPath: path] > former[keyPath: path] && asked[keyPath: path] > available[keyPath: path]
    }
    var shortages: [ResourceShortage] = []
    if isShort(\.memoryBytes) {
      shortages.append(
        ResourceShortage(
          description: "\(megabytes(asked.memoryBytes)) MB of memory (\(megabytes(available.memoryBytes)) MB are free)")
      )
    }
    if isShort(\.microcores) {
      shortages.append(ResourceShortage(description: "\(asked.cores) cores (\(available.cores) are free)"))
    }
    if isShort(\.networkBytesPerSecond) {
      let free = megabytes(available.networkBytesPerSecond)
      shortages.append(
        ResourceShortage(
          description: "\(megabytes(asked.networkBytesPerSecond)) MB/s of the network (\(free) MB/s are free)"))
    }
    return shortages
  }

  /// What limits ask for and what is free, in words.
  static func words(_ limits: ResourceLimits, free: ResourceAmount) -> String {
    let asked = ResourceAmount(limits)
    let shortages = all(asked: asked, former: .zero, available: free)
    guard shortages.isEmpty else { return shortages.map(\.description).joined(separator: ", ") }
    return "\(megabytes(asked.memoryBytes)) MB of memory and \(asked.cores) cores, for which others waited before"
  }

  private static func megabytes(_ bytes: Int) -> Int { bytes / ResourceLimits.bytesPerMegabyte }
}
