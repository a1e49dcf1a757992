/// An `agent` of a file: how it is called and what it may do.
public struct AgentDescriptor: Sendable, Hashable {
  /// A declared parameter.
  public struct Parameter: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The declared type; `any` when none was given.
    public var type: ValueType

    /// Makes a parameter.
    public init(name: String, type: ValueType) {
      self.name = name
      self.type = type
    }
  }

  /// The name.
  public var name: String
  /// Its body in ``Program/functions``.
  public var function: Int
  /// Its parameters, in the order of the body's registers.
  public var parameters: [Parameter]
  /// What it returns.
  public var result: ValueType
  /// Declared capabilities, in the specification's names.
  public var capabilities: [String]
  /// The rules of its policy blocks and of the file's top-level ones, in source order.
  public var policies: [PolicyRuleDescriptor]
  /// The settings of its `with` (`sandbox`, `memory`, `timeout` in seconds …) and other agent-level entries.
  public var settings: Record

  /// Makes a descriptor.
  public init(
    name: String, function: Int, parameters: [Parameter] = [], result: ValueType = .any, capabilities: [String] = [],
    policies: [PolicyRuleDescriptor] = [], settings: Record = Record()
  ) {
    self.name = name
    self.function = function
    self.parameters = parameters
    self.result = result
    self.capabilities = capabilities
    self.policies = policies
    self.settings = settings
  }
}
