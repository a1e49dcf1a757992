/// A checked file: the tree with what every name stands for, and the declarations as data.
///
/// The compiler's input.
struct CheckedModule: Sendable {
  /// A `function` of the file or of an agent.
  struct Function: Sendable {
    let node: SyntaxTree.NodeID
    let name: NameID
  }

  /// An `agent`.
  struct Agent: Sendable {
    let node: SyntaxTree.NodeID
    let name: NameID
    var parameters: [AgentDescriptor.Parameter] = []
    var parameterNames: [NameID] = []
    var result = ValueType.any
    var capabilities: [String] = []
    var policies: [PolicyRule] = []
    var settings = Record()
  }

  /// A rule of a policy block.
  ///
  /// Names in its patterns are looked up for each agent that it applies to.
  struct PolicyRule: Sendable {
    enum Argument: Sendable {
      case any
      case literal(Value)
      case name(NameID)
    }

    enum Subject: Sendable {
      case all
      case operation(String)
      case call(String, [Argument])
      case approval(String)
      case settings(Record)
    }

    let node: SyntaxTree.NodeID
    let outcome: PolicyRuleDescriptor.Outcome
    let policyName: String
    var subjects: [Subject] = []
    var condition: SyntaxTree.NodeID?
  }

  let tree: SyntaxTree
  var names: NameTable
  /// The number of each identifier token; -1 for other tokens.
  var nameOfToken: [NameID]
  /// By node.
  var resolutions: [Resolution]
  /// By node.
  var facts: [NodeFacts]
  var variables: [Variable] = []
  var lambdas: [Lambda] = []
  /// Builtins and effects in the order of ``BuiltinSignature/all``, then functions, then tools.
  var callables: [Callable] = []
  var functions: [Function] = []
  var agents: [Agent] = []
  /// The file's tools, then those of the project.
  var tools: [ToolDescriptor] = []
  /// How many of ``tools`` the file declares.
  var ownToolCount = 0
  var types = TypeTable()
  /// The declared types of `let` statements and typed record literals, as an index into ``types``.
  var typeOfNode: [SyntaxTree.NodeID: UInt32] = [:]
  var declarations = Declarations()
  /// The rules of top-level policy blocks.
  var policies: [PolicyRule] = []

  /// The number of a node's main token when it is a word; the text of a string literal counts as one.
  mutating func name(of node: SyntaxTree.NodeID) -> NameID {
    let token = Int(tree.nodes[Int(node)].mainToken)
    let known = nameOfToken[token]
    if known >= 0 { return known }
    let range = Int(tree.tokens[token].start)..<Int(tree.tokens[token].end)
    let name: NameID
    if tree.tokens[token].kind == .string {
      name = names.intern(StringLiteral.decode(tree.source.bytes[range]))
    } else {
      name = names.intern(tree.source.bytes, range)
    }
    nameOfToken[token] = name
    return name
  }
}
