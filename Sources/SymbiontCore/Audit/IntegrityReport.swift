/// What a check of the audit trail found.
public struct IntegrityReport: Sendable, Hashable {
  /// The beginning of what was checked.
  public var from: Timestamp
  /// The end of what was checked.
  public var to: Timestamp
  /// When it was checked.
  public var checkedAt: Timestamp
  /// How many events were compared with their proofs.
  public var eventsChecked: Int
  /// How many events the whole trail has.
  public var treeSize: Int
  /// The hash of the whole trail that the events were proved against.
  @WireBase64 public var rootHash: [UInt8]
  /// What is not as it was recorded, up to the first hundred.
  public var violations: [IntegrityViolation]

  /// Makes a value of its parts.
  public init(
    from: Timestamp,
    to: Timestamp,
    checkedAt: Timestamp,
    eventsChecked: Int,
    treeSize: Int,
    rootHash: [UInt8],
    violations: [IntegrityViolation] = []
  ) {
    self.from = from
    self.to = to
    self.checkedAt = checkedAt
    self.eventsChecked = eventsChecked
    self.treeSize = treeSize
    self.rootHash = rootHash
    self.violations = violations
  }
}

extension IntegrityReport: Codable {
  private enum CodingKeys: String, CodingKey {
    case from, to, violations
    case checkedAt = "checked_at"
    case eventsChecked = "events_checked"
    case treeSize = "tree_size"
    case rootHash = "root_hash"
  }
}

extension IntegrityReport {
  /// Whether everything that was checked is as it was recorded.
  public var isIntact: Bool { violations.isEmpty }
}
