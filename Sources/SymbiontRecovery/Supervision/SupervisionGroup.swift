public import SymbiontCore

/// Agents that are restarted by common rules, as an Erlang/OTP supervisor restarts its child processes
/// ("Supervisor Behaviour" in the OTP Design Principles).
public struct SupervisionGroup: Sendable, Hashable, Codable {
  /// Who is restarted with an agent that ended.
  public enum Strategy: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nobody else.
    case oneForOne = "OneForOne"
    /// All others are stopped, then all are started.
    case oneForAll = "OneForAll"
    /// Those after it in the order of starting are stopped, then it and they are started.
    case restForOne = "RestForOne"
  }

  /// When an agent that ended is restarted.
  public enum Restart: String, Sendable, Hashable, Codable, CaseIterable {
    /// Always.
    case permanent = "Permanent"
    /// When it failed.
    case transient = "Transient"
    /// Never, not even when another's end stopped it; it leaves the group when it ends.
    case temporary = "Temporary"
  }

  /// One agent of a group.
  public struct Member: Sendable, Hashable, Codable {
    /// The agent.
    public var agentID: AgentID
    /// When it is restarted.
    public var restart: Restart

    /// Makes a member; as in OTP it is permanent if nothing else is said.
    public init(_ agentID: AgentID, restart: Restart = .permanent) {
      self.agentID = agentID
      self.restart = restart
    }
  }

  /// The name of the group.
  public var name: String
  /// Who is restarted with an agent that ended.
  public var strategy: Strategy
  /// How many restarts there may be within the period; one more shuts the group down.
  public var intensity: Int
  /// The time over which restarts are counted.
  @WireSeconds public var period: Duration
  /// The agents, in the order in which they are started; they are stopped in the opposite order.
  public var members: [Member]

  /// Makes a group; what is not given is as in OTP: one for one, one restart within five seconds.
  public init(
    name: String, strategy: Strategy = .oneForOne, intensity: Int = 1, period: Duration = .seconds(5),
    members: [Member]
  ) {
    self.name = name
    self.strategy = strategy
    self.intensity = intensity
    self.period = period
    self.members = members
  }

  /// The bounds of the fields.
  public enum Bounds {
    /// The UTF-8 bytes of a name.
    public static let nameBytes: ClosedRange<Int> = 1...128
    /// From none at all.
    public static let intensity: ClosedRange<Int> = 0...1_000
    /// Up to a day.
    public static let period: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
    /// What is stopped and started together.
    public static let members: ClosedRange<Int> = 1...1_000
  }

  /// What is wrong with the group; nil when nothing is.
  package var problem: String? {
    if !Bounds.nameBytes.contains(name.utf8.count) {
      return "`name` has \(name.utf8.count) bytes, allowed are 1 to 128"
    }
    if !Bounds.intensity.contains(intensity) { return "`intensity` is \(intensity), allowed is 0 to 1000" }
    if !Bounds.period.contains(period) { return "`period` is \(period), allowed is a millisecond to a day" }
    if !Bounds.members.contains(members.count) { return "`members` has \(members.count), allowed are 1 to 1000" }
    if Set(members.map(\.agentID)).count < members.count { return "`members` names an agent twice" }
    return nil
  }
}
