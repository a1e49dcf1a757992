/// A compiled `.symbi` file.
///
/// It becomes runnable when the verifier has accepted it (``ExecutableProgram``).
public struct Program: Sendable {
  /// How the arguments of an effect or tool call lie in the window.
  public struct CallShape: Sendable, Hashable {
    /// How many positional arguments come first.
    public var positionalCount: Int
    /// The names of the arguments that follow.
    public var names: [String]

    /// Makes a shape.
    public init(positionalCount: Int, names: [String] = []) {
      self.positionalCount = positionalCount
      self.names = names
    }
  }

  /// The text it was compiled from.
  public var source: SourceText
  /// All functions; calls refer to them by index.
  public var functions: [FunctionCode]
  /// Integers, floats, strings and secret references.
  public var constants: [Value]
  /// Field names.
  public var symbols: [String]
  /// Key lists of record literals, as indices into ``symbols``.
  public var shapes: [[UInt32]]
  /// Argument layouts.
  public var callShapes: [CallShape]
  /// The declared types that `checkType`, agents and tools refer to.
  public var types: TypeTable
  /// The agents of the file.
  public var agents: [AgentDescriptor]
  /// The tools of the file.
  public var tools: [ToolDescriptor]
  /// `metadata`, `schedule`, `channel`, `memory` and `webhook` blocks as data.
  public var declarations: Declarations

  /// Makes a program of its parts.
  public init(
    source: SourceText, functions: [FunctionCode] = [], constants: [Value] = [], symbols: [String] = [],
    shapes: [[UInt32]] = [], callShapes: [CallShape] = [], types: TypeTable = TypeTable(),
    agents: [AgentDescriptor] = [], tools: [ToolDescriptor] = [], declarations: Declarations = Declarations()
  ) {
    self.source = source
    self.functions = functions
    self.constants = constants
    self.symbols = symbols
    self.shapes = shapes
    self.callShapes = callShapes
    self.types = types
    self.agents = agents
    self.tools = tools
    self.declarations = declarations
  }
}
