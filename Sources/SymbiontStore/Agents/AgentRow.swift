package import SymbiontCore

/// An agent as it is stored.
///
/// The program's source is kept once for all agents that run it.
package struct AgentRow: Sendable {
  package var id: AgentID
  package var name: String
  package var state: AgentState
  package var mode: AgentMode
  /// The name of the agent in its program; empty until it is initialized.
  package var entry: String
  /// The longest that one execution may take.
  package var timeLimit: Duration?
  /// JSON of the configuration, without the source.
  package var configuration: [UInt8]
  /// SHA-256 of the program's source.
  package var program: [UInt8]
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
  package var executionCount: Int
  package var errorCount: Int
  package var restartCount: Int

  package init(
    id: AgentID, name: String, state: AgentState, mode: AgentMode, entry: String = "",
    configuration: [UInt8], program: [UInt8], createdAt: Timestamp, updatedAt: Timestamp, executionCount: Int = 0,
    errorCount: Int = 0, restartCount: Int = 0
  ) {
    self.id = id
    self.name = name
    self.state = state
    self.mode = mode
    self.entry = entry
    self.configuration = configuration
    self.program = program
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.executionCount = executionCount
    self.errorCount = errorCount
    self.restartCount = restartCount
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    id = try row.identifier(0)
    name = try row.text(1)
    state = try row.parse(2, as: "an agent state") { AgentState(rawValue: $0) }
    mode = try row.parse(3, as: "an execution mode") { AgentMode(rawValue: $0) }
    entry = try row.text(4)
    timeLimit = try row.optionalInt(5).map { .microseconds($0) }
    configuration = try row.blob(6)
    program = try row.blob(7)
    createdAt = try row.time(8)
    updatedAt = try row.time(9)
    executionCount = Int(try row.int(10))
    errorCount = Int(try row.int(11))
    restartCount = Int(try row.int(12))
  }
}

/// An agent's execution mode without its payload, as it is stored beside the configuration for quick decisions.
package enum AgentMode: String, Sendable, CaseIterable {
  case persistent = "Persistent"
  case ephemeral = "Ephemeral"
  case scheduled = "Scheduled"
  case eventDriven = "EventDriven"

  package init(_ mode: ExecutionMode) {
    self =
      switch mode {
      case .persistent: .persistent
      case .ephemeral: .ephemeral
      case .scheduled: .scheduled
      case .eventDriven: .eventDriven
      }
  }
}

/// What decides about an agent's next step, without its configuration.
package struct AgentStanding: Sendable {
  package var state: AgentState
  package var mode: AgentMode
  package var restartCount: Int
  /// How often recoveries restarted it since a call last succeeded, or a person restarted it.
  package var recoveries: Int
}
