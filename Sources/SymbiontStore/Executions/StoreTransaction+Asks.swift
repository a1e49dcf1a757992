package import SymbiontCore

extension StoreTransaction {
  package func insertAsk(_ message: MessageID, execution: ExecutionID, sequence: Int) throws {
    try execute(
      "INSERT INTO asks (message_id, execution_id, sequence) VALUES (?, ?, ?)", .id(message), .id(execution),
      .int(sequence))
  }

  /// The ask that a message belongs to; nil when it was answered, has timed out or never was one.
  package func ask(_ message: MessageID) throws -> (execution: ExecutionID, sequence: Int)? {
    try first("SELECT execution_id, sequence FROM asks WHERE message_id = ?", .id(message)) { row in
      (execution: try row.identifier(0, as: ExecutionID.self), sequence: Int(try row.int(1)))
    }
  }

  /// Takes the ask that a message belongs to; nil when it was answered, has timed out or never was one.
  package func takeAsk(_ message: MessageID) throws -> (execution: ExecutionID, sequence: Int)? {
    let ask = try ask(message)
    if ask != nil { try execute("DELETE FROM asks WHERE message_id = ?", .id(message)) }
    return ask
  }

  package func removeAsks(of execution: ExecutionID) throws {
    try execute("DELETE FROM asks WHERE execution_id = ?", .id(execution))
  }
}
