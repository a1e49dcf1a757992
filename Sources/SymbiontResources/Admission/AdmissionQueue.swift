package import SymbiontCore

/// Whose commands run, and whose wait for resources, in order of arrival.
///
/// It only keeps the order; what is free is known to the ledger.
package struct AdmissionQueue: Sendable {
  /// Names a request.
  package typealias Number = UInt64

  /// A request that waits.
  package struct Request: Sendable {
    package var number: Number
    package var agentID: AgentID
    package var limits: ResourceLimits
  }

  /// The most requests that wait: more than executions run at once.
  package static let maximumWaiting = 4_096

  /// The requests that wait, the first to come first.
  package private(set) var waiting: [Request] = []
  private var running: [AgentID: Int] = [:]
  private var lastNumber: Number = 0

  package init() {}

  /// Whether there is room for one more that waits.
  package var hasRoom: Bool { waiting.count < Self.maximumWaiting }

  /// How many commands of an agent run.
  package func runningCount(of agentID: AgentID) -> Int { running[agentID] ?? 0 }

  /// A command of an agent begins.
  package mutating func began(_ agentID: AgentID) { running[agentID, default: 0] += 1 }

  /// A command of an agent has ended; true when it was its last one.
  package mutating func ended(_ agentID: AgentID) -> Bool {
    guard let count = running[agentID], count > 1 else {
      return running.removeValue(forKey: agentID) != nil
    }
    running[agentID] = count - 1
    return false
  }

  /// A request waits behind all others.
  package mutating func add(_ agentID: AgentID, _ limits: ResourceLimits) -> Number {
    lastNumber += 1
    waiting.append(Request(number: lastNumber, agentID: agentID, limits: limits))
    return lastNumber
  }

  /// Takes a request out; nil when it no longer waits.
  package mutating func take(_ number: Number) -> Request? {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return nil }
    return waiting.remove(at: index)
  }
}
