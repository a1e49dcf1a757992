/// What a file may refer to beyond itself.
public struct CompilerOptions: Sendable {
  /// The names of agents that other files declare.
  public var agents: [String]
  /// The tools of the project; those that a file uses become tools of its program.
  public var tools: [ToolDescriptor]

  /// Makes options; a file that stands alone needs none.
  public init(agents: [String] = [], tools: [ToolDescriptor] = []) {
    self.agents = agents
    self.tools = tools
  }
}
