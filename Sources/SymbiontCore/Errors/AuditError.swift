/// Why an event could not be recorded, found, proved or exported.
public enum AuditError: CataloguedError, Hashable {
  /// There is no event of this id.
  case eventNotFound(auditID: AuditID)
  /// The event is outside of its bounds.
  case eventInvalid(reason: String)
  /// The query is outside of its bounds.
  case queryInvalid(reason: String)
  /// The trail is not what was recorded.
  case integrityViolated(auditID: AuditID?, reason: String)
  /// The state of the trail could not be signed.
  case signingFailed(reason: String)
  /// The events could not be exported.
  case exportFailed(format: ExportFormat, reason: String)
  /// The export is larger than is made at once.
  case exportTooLarge(maximumBytes: Int)
  /// The store could not read or write what this needed; nothing was changed.
  case storeFailed(reason: String)
  /// The audit trail no longer takes work, because the runtime stops.
  case shuttingDown
}
