/// Keeps what happened so that it can be proved later (specification, "Audit Trail").
public protocol AuditTrail: Sendable {
  /// Records an event; it is durable when this returns.
  func recordEvent(_ event: AuditEvent) async throws(AuditError) -> AuditID

  /// The events that a query asks for.
  func queryEvents(_ query: AuditQuery) async throws(AuditError) -> [AuditEvent]

  /// Checks that the events of a time are as they were recorded. Damage is a finding of the report, not an error.
  func verifyIntegrity(from: Timestamp, to: Timestamp) async throws(AuditError) -> IntegrityReport

  /// One event; throws ``AuditError/eventNotFound(auditID:)`` when there is none of that id.
  func getEvent(_ auditID: AuditID) async throws(AuditError) -> AuditEvent

  /// The events that a query asks for, as a document.
  func exportEvents(_ query: AuditQuery, format: ExportFormat) async throws(AuditError) -> [UInt8]
}
