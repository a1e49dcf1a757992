/// What one machine may use.
///
/// Reaching a limit throws a `LimitExceeded` inside the program, which it can catch.
public struct MachineLimits: Sendable, Hashable, Codable {
  /// Nested calls.
  public var stackDepth: Int
  /// Registers of all frames together, sixteen bytes each.
  public var registers: Int
  /// Bytes of the heap, garbage included.
  ///
  /// A collection needs as much again for a moment.
  public var heapBytes: Int
  /// UTF-8 bytes of one string.
  public var stringBytes: Int
  /// Elements of one array, fields of one record.
  public var collectionCount: Int
  /// Bytes that the arguments of one effect, or the result of the program, may hold together.
  public var effectValueBytes: Int
  /// Nesting of a value that crosses the machine's border or is printed; at most ``ValueLimits/maximumDepth``.
  public var valueDepth: Int
  /// Elementary steps of one instruction: bytes compared or copied, divided by eight, or elements visited.
  ///
  /// Bounds what a single comparison, sort or search costs.
  public var operationSteps: Int

  /// Collects garbage before every allocation, to find cells that a collection would miss.
  package var collectsAtEveryAllocation = false

  /// Takes limits; values outside the possible range are moved to its nearest end.
  public init(
    stackDepth: Int = Self.defaultStackDepth, registers: Int = Self.defaultRegisters,
    heapBytes: Int = Self.defaultHeapBytes, stringBytes: Int = Self.defaultStringBytes,
    collectionCount: Int = Self.defaultCollectionCount, effectValueBytes: Int = Self.defaultEffectValueBytes,
    valueDepth: Int = ValueLimits.maximumDepth, operationSteps: Int = Self.defaultOperationSteps
  ) {
    self.stackDepth = stackDepth
    self.registers = registers
    self.heapBytes = heapBytes
    self.stringBytes = stringBytes
    self.collectionCount = collectionCount
    self.effectValueBytes = effectValueBytes
    self.valueDepth = valueDepth
    self.operationSteps = operationSteps
  }

  /// Deep enough for recursion over data, far too little for a runaway recursion to cost memory.
  public static let defaultStackDepth = 10_000
  /// Four mebibytes of registers.
  public static let defaultRegisters = 1 << 18
  /// Sixty-four mebibytes.
  public static let defaultHeapBytes = 64 << 20
  /// Eight mebibytes.
  public static let defaultStringBytes = 8 << 20
  /// Two million elements fill half of the default heap.
  public static let defaultCollectionCount = 1 << 21
  /// Four mebibytes, what a message or a journal entry may reasonably hold.
  public static let defaultEffectValueBytes = 4 << 20
  /// About a tenth of a second of comparing.
  public static let defaultOperationSteps = 1 << 26

  /// The limits moved into the range that the machine's data structures can hold.
  var clamped: MachineLimits {
    var limits = self
    limits.stackDepth = min(max(stackDepth, 0), Self.largestStackDepth)
    limits.registers = min(max(registers, FunctionCode.maximumRegisterCount), Self.largestRegisters)
    limits.heapBytes = min(max(heapBytes, 0), Self.largestHeapBytes)
    limits.stringBytes = min(max(stringBytes, 0), Self.largestCount)
    limits.collectionCount = min(max(collectionCount, 0), Self.largestCount)
    limits.effectValueBytes = max(effectValueBytes, 0)
    limits.valueDepth = min(max(valueDepth, 0), ValueLimits.maximumDepth)
    limits.operationSteps = max(operationSteps, 1)
    return limits
  }

  private static let largestStackDepth = 1 << 20
  private static let largestRegisters = 1 << 26
  /// Handles have 32 bits and count words of eight bytes.
  private static let largestHeapBytes = 1 << 34
  /// Counts and lengths have 32 bits in an object's header; one stays free.
  private static let largestCount = 1 << 30
}
