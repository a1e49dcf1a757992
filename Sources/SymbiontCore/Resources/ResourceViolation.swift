/// A use of a resource beyond a limit or a threshold.
public struct ResourceViolation: Sendable, Hashable {
  /// The agent.
  public var agentID: AgentID
  /// The resource that was used.
  public var resource: ResourceKind
  /// Whether a threshold was passed, or the limit itself.
  public var severity: Severity
  /// The limit or threshold, in the unit of the resource.
  public var limit: Double
  /// What was used, in the unit of the resource.
  public var observed: Double
  /// When the usage was measured.
  public var observedAt: Timestamp
  /// What the kernel counted; nil when the use itself was measured.
  public var evidence: Evidence?

  /// Makes a value of its parts.
  public init(
    agentID: AgentID,
    resource: ResourceKind,
    severity: Severity,
    limit: Double,
    observed: Double,
    observedAt: Timestamp,
    evidence: Evidence? = nil
  ) {
    self.agentID = agentID
    self.resource = resource
    self.severity = severity
    self.limit = limit
    self.observed = observed
    self.observedAt = observedAt
    self.evidence = evidence
  }
}

extension ResourceViolation: Codable {
  private enum CodingKeys: String, CodingKey {
    case resource, severity, limit, observed, evidence
    case agentID = "agent_id"
    case observedAt = "observed_at"
  }
}

extension ResourceViolation {
  /// How far a use went.
  public enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
    /// A threshold that was set for alerts was passed.
    case warning = "Warning"
    /// The limit was reached, and the kernel held the agent back or ended what it ran.
    case exceeded = "Exceeded"
  }
}

extension ResourceViolation {
  /// A counter of the kernel that shows the violation, read before and after it.
  public struct Evidence: Sendable, Hashable, Codable {
    /// Whose counter it is: a control group, or the directory of a workspace.
    public var subject: String
    /// The counter, as the kernel names it, such as `oom_kill`.
    public var counter: String
    /// Its value when it was read last.
    public var before: Int
    /// Its value now.
    public var after: Int

    /// Makes a value of its parts.
    public init(subject: String, counter: String, before: Int, after: Int) {
      self.subject = subject
      self.counter = counter
      self.before = before
      self.after = after
    }
  }
}
