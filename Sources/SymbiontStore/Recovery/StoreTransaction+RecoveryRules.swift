package import SymbiontCore

/// A registered strategy, as it is stored; the strategy is a text.
package struct RecoveryStrategyRow: Sendable, Hashable {
  /// Nil when it holds for all agents.
  package var agentID: AgentID?
  package var type: ErrorType
  package var strategy: String

  package init(agentID: AgentID?, type: ErrorType, strategy: String) {
    self.agentID = agentID
    self.type = type
    self.strategy = strategy
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    agentID = try row.blob(0).isEmpty ? nil : row.identifier(0)
    type = try row.parse(1, as: "a type of error") { ErrorType(rawValue: $0) }
    strategy = try row.text(2)
  }
}

/// A supervised group, as it is stored; its definition is JSON, its restarts are times.
package struct RecoveryGroupRow: Sendable, Hashable {
  package var name: String
  package var definition: [UInt8]
  package var restarts: [Timestamp]
  package var isShutDown: Bool

  package init(name: String, definition: [UInt8], restarts: [Timestamp], isShutDown: Bool) {
    self.name = name
    self.definition = definition
    self.restarts = restarts
    self.isShutDown = isShutDown
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    name = try row.text(0)
    definition = try row.blob(1)
    restarts = try row.withBytes(2) { bytes in
      stride(from: 0, to: bytes.count - bytes.count % MemoryLayout<Int64>.size, by: MemoryLayout<Int64>.size).map {
        Timestamp(microsecondsSinceEpoch: Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Int64.self)))
      }
    }
    isShutDown = try row.bool(3)
  }

  /// The times one after the other, eight bytes each, the least significant first.
  var restartBytes: [UInt8] {
    restarts.flatMap { time in withUnsafeBytes(of: time.microsecondsSinceEpoch.littleEndian) { Array($0) } }
  }
}

extension StoreTransaction {
  package func putRecoveryStrategy(_ row: RecoveryStrategyRow) throws {
    try execute(
      "INSERT OR REPLACE INTO recovery_strategies (agent_id, type, strategy) VALUES (?, ?, ?)",
      row.agentID.map { .id($0) } ?? .blob([]), .text(row.type.rawValue), .text(row.strategy))
  }

  package func removeRecoveryStrategies(of id: AgentID) throws {
    try execute("DELETE FROM recovery_strategies WHERE agent_id = ?", .id(id))
  }

  package func recoveryStrategies() throws -> [RecoveryStrategyRow] {
    try all(
      "SELECT agent_id, type, strategy FROM recovery_strategies ORDER BY agent_id, type",
      read: RecoveryStrategyRow.init)
  }

  package func putRecoveryGroup(_ row: RecoveryGroupRow) throws {
    try execute(
      "INSERT OR REPLACE INTO recovery_groups (name, definition, restarts, is_shut_down) VALUES (?, ?, ?, ?)",
      .text(row.name), .blob(row.definition), .blob(row.restartBytes), .bool(row.isShutDown))
  }

  package func recoveryGroup(named name: String) throws -> RecoveryGroupRow? {
    try first(
      "SELECT name, definition, restarts, is_shut_down FROM recovery_groups WHERE name = ?", .text(name),
      read: RecoveryGroupRow.init)
  }

  /// Removes a group; false when there is none.
  package func removeRecoveryGroup(named name: String) throws -> Bool {
    try execute("DELETE FROM recovery_groups WHERE name = ?", .text(name)) > 0
  }

  package func recoveryGroups() throws -> [RecoveryGroupRow] {
    try all(
      "SELECT name, definition, restarts, is_shut_down FROM recovery_groups ORDER BY name", read: RecoveryGroupRow.init)
  }
}
