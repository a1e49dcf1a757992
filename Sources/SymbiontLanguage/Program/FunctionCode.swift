/// The code of one function, lambda, agent body or policy condition.
public struct FunctionCode: Sendable, Hashable {
  /// A range of instructions whose errors are caught.
  public struct Handler: Sendable, Hashable {
    /// The instructions covered; inner handlers stand before outer ones.
    public var range: Range<UInt32>
    /// Where to go on.
    public var target: UInt32
    /// The register that receives the error record.
    public var register: UInt16

    /// Makes a handler.
    public init(range: Range<UInt32>, target: UInt32, register: UInt16) {
      self.range = range
      self.target = target
      self.register = register
    }
  }

  /// The name, for traces; lambdas are `lambda`.
  public var name: String
  /// How many parameters, in R[0] ….
  public var parameterCount: Int
  /// How many captured values follow the parameters.
  public var captureCount: Int
  /// How many registers a frame has, at most ``maximumRegisterCount``.
  public var registerCount: Int
  /// The instructions.
  public var instructions: [Instruction]
  /// For each instruction the byte offset in the source it comes from.
  public var offsets: [UInt32]
  /// The handlers, inner before outer.
  public var handlers: [Handler]

  /// Registers a frame may have.
  public static let maximumRegisterCount = 4096

  /// Makes code.
  public init(
    name: String, parameterCount: Int, captureCount: Int = 0, registerCount: Int, instructions: [Instruction],
    offsets: [UInt32], handlers: [Handler] = []
  ) {
    self.name = name
    self.parameterCount = parameterCount
    self.captureCount = captureCount
    self.registerCount = registerCount
    self.instructions = instructions
    self.offsets = offsets
    self.handlers = handlers
  }
}
