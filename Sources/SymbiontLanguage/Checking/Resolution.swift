/// What a name in the program stands for, or which variable a node declares.
struct Resolution: Sendable, Equatable {
  enum Kind: UInt8, Sendable {
    /// Nothing, or not known because of an error.
    case none
    /// A variable; the index is one of ``CheckedModule/variables``.
    case variable
    /// A builtin, an effect, a function or a tool; the index is one of ``CheckedModule/callables``.
    case callable
    /// A lambda; the index is one of ``CheckedModule/lambdas``.
    case lambda
    /// A text: the name of an agent. The index is a name.
    case text
    /// `None`, which is null.
    case null
    /// A name of a policy condition; the index is a name.
    case condition
  }

  var kind: Kind
  var index: Int32

  static let none = Resolution(kind: .none, index: 0)
  static let null = Resolution(kind: .null, index: 0)
  static func variable(_ index: Int32) -> Resolution { Resolution(kind: .variable, index: index) }
  static func callable(_ index: Int32) -> Resolution { Resolution(kind: .callable, index: index) }
  static func lambda(_ index: Int32) -> Resolution { Resolution(kind: .lambda, index: index) }
  static func text(_ name: NameID) -> Resolution { Resolution(kind: .text, index: name) }
  static func condition(_ name: NameID) -> Resolution { Resolution(kind: .condition, index: name) }
}

/// What the checker found out about a node and the compiler uses.
struct NodeFacts: OptionSet, Sendable {
  let rawValue: UInt8

  /// The subtree assigns to a variable, so operands that were read before must be kept.
  static let assigns = NodeFacts(rawValue: 1 << 0)
  /// A literal, or operators on such: the compiler may compute it.
  static let isConstant = NodeFacts(rawValue: 1 << 1)
  /// The collection of this loop is a variable that its body assigns to.
  static let changesCollection = NodeFacts(rawValue: 1 << 2)
}

/// A local variable, parameter or binding of a pattern.
struct Variable: Sendable {
  /// How it came to be.
  enum Origin: UInt8, Sendable {
    case declaration, parameter, loop, pattern
  }

  let name: NameID
  let origin: Origin
  /// How many lambdas enclose its declaration.
  let depth: Int32
  /// The token of its name.
  let token: UInt32
  var isRead = false
  var isAssigned = false
  /// The number of the last assignment, to find out whether a loop's body assigns to it.
  var lastAssignment: Int32 = 0
}

/// A lambda and the variables that it takes from outside.
struct Lambda: Sendable {
  let node: SyntaxTree.NodeID
  let parameterCount: Int
  /// Variables of the enclosing functions, in the order of their first use.
  var captures: [Int32] = []
  /// Whether it assigns to one of its captures or parameters; then it is not inlined.
  var assignsOutside = false
}

/// Anything that can be called by name, with the names of its arguments.
struct Callable: Sendable {
  enum Target: Sendable {
    case builtin(Builtin)
    case effect(Effect)
    /// The index of ``CheckedModule/functions``.
    case function(Int)
    /// The index of ``CheckedModule/tools``.
    case tool(Int)
  }

  let name: NameID
  let target: Target
  let parameters: [NameID]
  let required: Int
  let isVariadic: Bool
  let options: [NameID]
  /// What literals are compared with; empty when the parameters have no declared types.
  var types: [ValueType] = []

  /// Whether a call has no consequence but its result.
  var isPure: Bool {
    if case .builtin = target { true } else { false }
  }
}
