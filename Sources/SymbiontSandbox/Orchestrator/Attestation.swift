public import SymbiontCore

/// What a probe of one sandbox showed about its limits, before it counted as running.
public struct Attestation: Sendable, Hashable, Codable {
  /// One promise and what was found.
  public struct Finding: Sendable, Hashable, Codable {
    /// The promise, by the name of the limit in configurations, such as `memory_mb`.
    public var limit: String
    /// What was asked for.
    public var requested: String
    /// What is in force, as it was read.
    public var found: String
    /// Whether the promise holds.
    public var holds: Bool

    /// Makes a value of its parts.
    public init(limit: String, requested: String, found: String, holds: Bool) {
      self.limit = limit
      self.requested = requested
      self.found = found
      self.holds = holds
    }
  }

  /// When the probe ended.
  public var takenAt: Timestamp
  /// What was found, in a fixed order.
  public var findings: [Finding]

  /// Makes a value of its parts.
  public init(takenAt: Timestamp, findings: [Finding]) {
    self.takenAt = takenAt
    self.findings = findings
  }

  /// The promises that do not hold.
  public var broken: [Finding] { findings.filter { !$0.holds } }
}
