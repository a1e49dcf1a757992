/// Makes a program of a checked file.
///
/// Variables live in registers of their own, temporaries above them. An expression is compiled into the register where it
/// is wanted; a variable that is only read costs no instruction. A register of a variable is written only by the last
/// instruction of an expression, so that the expression may read it until then and an error leaves it as it was.
struct ProgramCompiler {
  typealias NodeID = SyntaxTree.NodeID

  /// Where the value of an expression goes.
  enum Destination {
    /// Nowhere.
    case discard
    /// Into a register. A fresh one is read by nothing in the expression, so it may serve as a scratch register.
    case register(Int, isFresh: Bool)
    /// Out of the function.
    case result
  }

  /// Arrays and records of more parts are filled piece by piece: registers are few.
  static let mostPartsAtOnce = 64

  let tree: SyntaxTree
  var module: CheckedModule
  var diagnostics = DiagnosticCollection()
  var pool = ConstantPool()
  var functions: [FunctionCode] = []
  var builder = FunctionBuilder(usesLongJumps: false, parameterCount: 0)
  /// By variable.
  var registers: [Int]
  /// Functions that make a builtin or an effect a value, by callable.
  var wrappers: [Int32: Int] = [:]
  /// Places of the project's tools among the program's.
  var importedTools: [Int: Int] = [:]
  var tools: [ToolDescriptor]
  var typeNumbers: [ValueType: UInt32] = [:]
  /// The agent for which a policy condition is being compiled.
  var conditionAgent: Int?

  private init(_ module: CheckedModule) {
    tree = module.tree
    self.module = module
    registers = Array(repeating: 0, count: module.variables.count)
    tools = Array(module.tools.prefix(module.ownToolCount))
  }

  /// Compiles a module that has no errors.
  ///
  /// `nil`, and a finding, when the program is too large for the bytecode.
  static func compile(_ module: CheckedModule) -> (program: Program?, found: DiagnosticCollection) {
    var compiler = ProgramCompiler(module)
    let agents = compiler.compileAll()
    guard compiler.diagnostics.isEmpty else { return (nil, compiler.diagnostics) }
    let program = Program(
      source: compiler.tree.source, functions: compiler.functions, constants: compiler.pool.values,
      symbols: compiler.pool.symbols, shapes: compiler.pool.shapes, callShapes: compiler.pool.callShapes,
      types: compiler.module.types, agents: agents, tools: compiler.tools, declarations: compiler.module.declarations)
    return (program, compiler.diagnostics)
  }

  /// Compiles functions first, so that their numbers are those of the module, then agents, then what these need.
  private mutating func compileAll() -> [AgentDescriptor] {
    let placeholder = FunctionCode(name: "", parameterCount: 0, registerCount: 0, instructions: [], offsets: [])
    functions = Array(repeating: placeholder, count: module.functions.count + module.agents.count)
    for index in module.functions.indices { compileFunction(index) }
    for index in module.agents.indices { compileAgentBody(index) }
    let descriptors = module.agents.indices.map { describeAgent($0) }
    checkSizes()
    return descriptors
  }

  /// Compiles one function with registers of its own; a second time, without short jumps, when it is very long.
  mutating func compileUnit(
    name: String, parameterCount: Int, captureCount: Int = 0, at node: NodeID,
    _ body: (inout ProgramCompiler) -> Void
  ) -> FunctionCode {
    let enclosing = builder
    let kept = (functions.count, wrappers)
    defer { builder = enclosing }
    for usesLongJumps in [false, true] {
      functions.removeSubrange(kept.0...)
      wrappers = kept.1
      builder = FunctionBuilder(usesLongJumps: usesLongJumps, parameterCount: parameterCount + captureCount)
      builder.offset = tree.range(node).lowerBound
      body(&self)
      if builder.isReachable { builder.emit(.returnNull) }
      if builder.resolveJumps() { break }
    }
    if !builder.fitsFrame {
      report(
        .functionTooLarge,
        "`\(name)` needs \(builder.registerCount) registers, a frame has \(FunctionCode.maximumRegisterCount)",
        at: node,
        "move parts of it into functions")
    }
    return FunctionCode(
      name: name, parameterCount: parameterCount, captureCount: captureCount, registerCount: builder.registerCount,
      instructions: builder.instructions, offsets: builder.offsets, handlers: builder.handlers)
  }

  mutating func report(_ problem: CheckerProblem, _ message: String, at node: NodeID, _ suggestion: String) {
    diagnostics.append(
      Diagnostic(problem.severity, code: problem.rawValue, message, at: tree.range(node), suggestion: suggestion))
  }

  /// Instructions number functions, field names and layouts with sixteen bits.
  private mutating func checkSizes() {
    let limit = Int(UInt16.max) + 1
    let sizes = [
      ("functions and lambdas", functions.count), ("field names", pool.symbols.count),
      ("kinds of records", pool.shapes.count), ("kinds of calls", pool.callShapes.count), ("tools", tools.count),
    ]
    for (what, count) in sizes where count > limit {
      report(
        .programTooLarge, "the file has \(count) \(what), a program can have \(limit)", at: tree.root,
        "split it into several files")
    }
  }

  // MARK: - Small things

  func kind(_ node: NodeID) -> SyntaxKind { tree.kind(node) }

  func resolution(_ node: NodeID) -> Resolution { module.resolutions[Int(node)] }

  func childCount(_ node: NodeID) -> Int { Int(tree.nodes[Int(node)].childCount) }

  func assigns(_ node: NodeID) -> Bool { module.facts[Int(node)].contains(.assigns) }

  /// Gives the instructions that follow the position of a node.
  mutating func locate(_ node: NodeID) {
    var node = node
    while kind(node) == .call { node = tree.child(node, 0) }
    builder.offset = tree.mainToken(node).start
  }

  /// The number of a field name.
  mutating func symbol(_ name: NameID) -> Int { pool.symbol(name, in: module.names) }

  /// The number of the field name that a node's main token spells.
  mutating func symbol(of node: NodeID) -> Int { symbol(module.name(of: node)) }

  mutating func symbol(_ text: String) -> Int { symbol(module.names.intern(text)) }

  /// The number of a type in the program's table.
  mutating func typeNumber(_ type: ValueType) -> Int32 {
    if let known = typeNumbers[type] { return Int32(bitPattern: known) }
    let number: UInt32 = if case .named(let index) = type { index } else { module.types.append(type) }
    typeNumbers[type] = number
    return Int32(bitPattern: number)
  }
}
