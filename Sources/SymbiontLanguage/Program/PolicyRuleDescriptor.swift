/// One rule of a policy block, ready to be matched.
public struct PolicyRuleDescriptor: Sendable, Hashable {
  /// What a matching rule does.
  public enum Outcome: String, Sendable, Hashable, Codable {
    case allow, deny, require, audit
  }

  /// One argument of a call pattern.
  public enum ArgumentPattern: Sendable, Hashable {
    /// `any`: one argument, or as the last one all that follow, none included.
    case any
    /// A literal that the argument must equal.
    case literal(Value)
    /// The value of the agent's parameter with this index.
    case parameter(Int)
    /// A name that is neither: it can never be decided, so it never allows and always denies.
    case undecidable(String)
  }

  /// What a rule is about.
  public enum Subject: Sendable, Hashable {
    /// `all`
    case all
    /// `exec`, or a tool's name
    case operation(String)
    /// `exec("git", any)`
    case call(String, [ArgumentPattern])
    /// `require: approval("group")`: every operation needs the approval of the group
    case approval(String)
    /// A record of settings of `require` or `audit`.
    case settings(Record)
  }

  /// What it does.
  public var outcome: Outcome
  /// What it is about; a rule matches when any subject does.
  public var subjects: [Subject]
  /// The condition's code in ``Program/functions``; its parameters are the agent's, then `agent`, then `context`.
  public var condition: Int?
  /// Where it stands.
  public var position: SourcePosition
  /// The name of its block.
  public var policyName: String

  /// Makes a rule.
  public init(
    outcome: Outcome, subjects: [Subject], condition: Int? = nil, position: SourcePosition, policyName: String
  ) {
    self.outcome = outcome
    self.subjects = subjects
    self.condition = condition
    self.position = position
    self.policyName = policyName
  }
}
