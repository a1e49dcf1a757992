/// Whether an engine can be used on this machine, and for what.
public struct EngineReport: Sendable, Hashable, Codable {
  /// The engine.
  public var engine: SandboxEngine
  /// Where its program or socket is; nil when it was not found.
  public var path: String?
  /// What it says its version is.
  public var version: String?
  /// What it can do here.
  public var capabilities: Set<SandboxCapability>
  /// Why it cannot be used; nil when it can.
  public var failure: String?
  /// What to do so that it can be used.
  public var hint: String?

  /// Makes a report of its parts.
  public init(
    engine: SandboxEngine, path: String? = nil, version: String? = nil, capabilities: Set<SandboxCapability> = [],
    failure: String? = nil, hint: String? = nil
  ) {
    self.engine = engine
    self.path = path
    self.version = version
    self.capabilities = capabilities
    self.failure = failure
    self.hint = hint
  }

  /// Whether sandboxes can be made with it.
  public var isUsable: Bool { failure == nil }
}
