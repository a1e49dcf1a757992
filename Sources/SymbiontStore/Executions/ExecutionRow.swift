package import SymbiontCore

/// Where an execution stands.
///
/// The raw value is stored.
package enum ExecutionStatus: Int64, Sendable, CaseIterable {
  /// It runs, or will as soon as there is room.
  case ready = 0
  /// It waits for an event and costs nothing.
  case waiting = 1
  case completed = 2
  case failed = 3
  case cancelled = 4

  package var isFinished: Bool { rawValue >= ExecutionStatus.completed.rawValue }
}

/// What a waiting execution waits for.
///
/// The raw value is stored.
package enum WaitReason: Int64, Sendable, CaseIterable {
  case timer = 0
  case message = 1
  case reply = 2
  /// All children of the effect.
  case children = 3
  /// The first child that succeeds.
  case firstChild = 4
}

/// Who called the agent, and so who learns how the execution ended.
///
/// The raw value is stored.
package enum ExecutionOrigin: Int64, Sendable, CaseIterable {
  /// Somebody who is told of its end: a caller, a task, another execution.
  case caller = 0
  /// A message; nobody waits for the end.
  case message = 1
  /// A recovery that repeats a call.
  case recovery = 2
}

/// One execution as it is stored: one call of an agent's function, or of a branch of `parallel` or `race`.
package struct ExecutionRow: Sendable {
  /// Where it came from: an effect of another execution.
  package struct Parent: Sendable, Hashable {
    package var execution: ExecutionID
    package var sequence: Int
    package var branch: Int

    package init(execution: ExecutionID, sequence: Int, branch: Int) {
      self.execution = execution
      self.sequence = sequence
      self.branch = branch
    }
  }

  package var id: ExecutionID
  package var agentID: AgentID
  /// The name of the agent in its program.
  package var agentName: String
  /// SHA-256 of the source that it runs to its end, whatever becomes of the agent.
  package var program: [UInt8]
  package var input: [UInt8]
  /// The closure that a branch runs; nil for a call of the agent.
  package var branchFunction: [UInt8]?
  package var status: ExecutionStatus
  package var waitsFor: WaitReason?
  package var wakeAt: Timestamp?
  /// When it fails with a timeout.
  package var deadline: Timestamp?
  package var parent: Parent?
  package var origin: ExecutionOrigin
  /// Result or error, once it is finished.
  package var outcome: [UInt8]?
  package var createdAt: Timestamp
  package var updatedAt: Timestamp

  package init(
    id: ExecutionID, agentID: AgentID, agentName: String, program: [UInt8], input: [UInt8],
    branchFunction: [UInt8]? = nil, deadline: Timestamp? = nil, parent: Parent? = nil,
    origin: ExecutionOrigin = .caller,
    createdAt: Timestamp
  ) {
    self.id = id
    self.agentID = agentID
    self.agentName = agentName
    self.program = program
    self.input = input
    self.branchFunction = branchFunction
    self.deadline = deadline
    self.parent = parent
    self.origin = origin
    self.createdAt = createdAt
    status = .ready
    // A deadline wakes the execution even when it waits for nothing else.
    wakeAt = deadline
    updatedAt = createdAt
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    id = try row.identifier(0)
    agentID = try row.identifier(1)
    agentName = try row.text(2)
    program = try row.blob(3)
    input = try row.blob(4)
    branchFunction = try row.optionalBlob(5)
    guard let status = ExecutionStatus(rawValue: try row.int(6)) else { throw row.malformed(6, "a status") }
    self.status = status
    if let reason = try row.optionalInt(7) {
      guard let reason = WaitReason(rawValue: reason) else { throw row.malformed(7, "a reason to wait") }
      waitsFor = reason
    }
    wakeAt = try row.optionalTime(8)
    deadline = try row.optionalTime(9)
    if let parent = try row.optionalID(10) {
      self.parent = Parent(
        execution: ExecutionID(value: UniqueValue(high: parent.high, low: parent.low)),
        sequence: Int(try row.int(11)), branch: Int(try row.int(12)))
    }
    outcome = try row.optionalBlob(13)
    createdAt = try row.time(14)
    updatedAt = try row.time(15)
    guard let origin = ExecutionOrigin(rawValue: try row.int(16)) else { throw row.malformed(16, "an origin") }
    self.origin = origin
  }
}
