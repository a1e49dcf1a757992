/// Finds out what every name of a file stands for, and everything that is certainly wrong with it.
///
/// One walk over the tree, whose height the parser bounds, so it may recurse. Scopes are a stack of bindings with, for each name, the place of its innermost binding: opening
/// and closing a scope costs nothing for names that it does not declare, and no texts are compared.
struct Checker {
  typealias NodeID = SyntaxTree.NodeID

  /// What is being checked; it decides which names can be seen.
  enum Unit: Equatable {
    case module
    case agent(Int)
    case function
    case condition
  }

  /// A name that is visible now.
  struct Binding {
    let name: NameID
    /// The binding that this one hides, or -1.
    let hidden: Int32
    let target: Resolution
  }

  /// After this many suggestions no more are looked for: each costs a comparison with every visible name.
  static let maximumSuggestions = 50

  let tree: SyntaxTree
  let options: CompilerOptions
  var module: CheckedModule
  var diagnostics = DiagnosticCollection()

  var bindings: [Binding] = []
  var bindingOfName: [Int32] = []
  /// The first binding of the innermost scope.
  var scopeStart = 0
  var callableOfName: [NameID: Int32] = [:]
  var agentOfName: [NameID: Int] = [:]
  var typeOfName: [NameID: UInt32] = [:]
  var externalAgents: Set<NameID> = []

  var unit = Unit.module
  var unitNode: NodeID = 0
  /// The `with` of the agent that is being checked; any other is misplaced.
  var withNode: NodeID?
  /// The names that a condition sees besides `agent` and `context`; `nil` when nothing is known about them.
  var conditionNames: Set<NameID>? = []
  var lambdaStack: [Int32] = []
  var captured: Set<UInt64> = []
  var loopDepth = 0
  var assignmentCount: Int32 = 0
  var stampOfName: [Int32] = []
  var stamp: Int32 = 0
  var suggestionCount = 0
  /// The variable names that are being initialized, for a better message about `let f = x => f(x)`.
  var initializing: [NameID] = []

  init(_ tree: SyntaxTree, options: CompilerOptions) {
    self.tree = tree
    self.options = options
    var names = NameTable.prepared
    var nameOfToken = [NameID](repeating: -1, count: tree.tokens.count)
    for (index, token) in tree.tokens.enumerated() where token.kind == .identifier {
      nameOfToken[index] = names.intern(tree.source.bytes, Int(token.start)..<Int(token.end))
    }
    module = CheckedModule(
      tree: tree, names: names, nameOfToken: nameOfToken,
      resolutions: Array(repeating: .none, count: tree.nodes.count),
      facts: Array(repeating: [], count: tree.nodes.count))
    bindingOfName = Array(repeating: -1, count: names.count)
    stampOfName = Array(repeating: 0, count: names.count)
  }

  /// Checks a file; the findings are the checker's own, in no order.
  static func check(_ tree: SyntaxTree, options: CompilerOptions) -> (
    module: CheckedModule, found: DiagnosticCollection
  ) {
    var checker = Checker(tree, options: options)
    checker.collectDeclarations()
    checker.checkDeclarations()
    return (checker.module, checker.diagnostics)
  }

  /// Notes a finding about a node.
  mutating func report(
    _ problem: CheckerProblem, _ message: String, at node: NodeID, suggestion: String? = nil
  ) {
    report(problem, message, at: tree.range(node), suggestion: suggestion)
  }

  /// Notes a finding about a range of bytes.
  mutating func report(
    _ problem: CheckerProblem, _ message: String, at range: Range<UInt32>, suggestion: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(problem.severity, code: problem.rawValue, message, at: range, suggestion: suggestion))
  }

  /// The text of a name.
  func text(_ name: NameID) -> String { module.names.text(name) }

  /// The text of the name that a node's main token spells.
  ///
  /// The name is looked up before the table is read, because it may be new to the table.
  mutating func text(of node: NodeID) -> String {
    let name = module.name(of: node)
    return module.names.text(name)
  }

  /// The bytes of a node's main token.
  func mainRange(_ node: NodeID) -> Range<UInt32> { tree.mainToken(node).range }

  /// The line on which a node begins, counted from 1.
  func line(_ offset: UInt32) -> Int { tree.source.position(at: offset).line }

  /// Whether a name was seen since ``stamp`` was last advanced; it is from now on.
  mutating func isRepeated(_ name: NameID) -> Bool {
    let index = Int(name)
    if index >= stampOfName.count {
      stampOfName.append(contentsOf: repeatElement(0, count: module.names.count - stampOfName.count))
    }
    if stampOfName[index] == stamp { return true }
    stampOfName[index] = stamp
    return false
  }
}
