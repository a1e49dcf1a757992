/// What a sandbox can do on this machine, as found by trying it.
public struct SandboxProbe: Sendable, Hashable, Codable {
  /// A promise of the sandbox.
  public enum Guarantee: String, Sendable, Hashable, Codable, CaseIterable {
    /// A command runs at all, as a user without rights.
    case unprivilegedUser = "unprivileged-user"
    /// A command that uses more memory than its limit is killed.
    case memoryLimit = "memory-limit"
    /// A command gets no more processor time than its share.
    case processorLimit = "processor-limit"
    /// A command cannot have more processes than its limit.
    case processLimit = "process-limit"
    /// A command can write to its workspace and its temporary directory only.
    case readOnlyRoot = "read-only-root"
    /// A command reaches no network.
    case noNetwork = "no-network"
    /// A command ends at its timeout, with everything it started.
    case timeout
  }

  /// The outcome for one promise.
  public struct Check: Sendable, Hashable, Codable {
    /// The promise.
    public var guarantee: Guarantee
    /// Whether it held.
    public var holds: Bool
    /// What was seen.
    public var detail: String
    /// What to do when it does not hold.
    public var hint: String?

    /// Makes a check of its parts.
    public init(guarantee: Guarantee, holds: Bool, detail: String, hint: String? = nil) {
      self.guarantee = guarantee
      self.holds = holds
      self.detail = detail
      self.hint = hint
    }
  }

  /// The name of the engine, such as `runc`.
  public var engine: String
  /// Where the engine is; nil when it is not installed.
  public var enginePath: String?
  /// What the engine says its version is.
  public var engineVersion: String?
  /// Why nothing could be tried, if so.
  public var failure: String?
  /// The outcomes; empty when nothing could be tried.
  public var checks: [Check]

  /// Makes a probe of its parts.
  public init(
    engine: String, enginePath: String? = nil, engineVersion: String? = nil, failure: String? = nil,
    checks: [Check] = []
  ) {
    self.engine = engine
    self.enginePath = enginePath
    self.engineVersion = engineVersion
    self.failure = failure
    self.checks = checks
  }

  /// Whether every promise of the sandbox holds.
  public var isUsable: Bool {
    failure == nil && Set(checks.map(\.guarantee)) == Set(Guarantee.allCases) && checks.allSatisfy(\.holds)
  }
}
