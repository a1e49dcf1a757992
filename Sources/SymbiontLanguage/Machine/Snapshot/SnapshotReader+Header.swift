extension SnapshotReader {
  /// Reads everything before the heap.
  mutating func readHeader() throws(SnapshotError) -> Header {
    let version = try readByte()
    guard version == Snapshot.formatVersion else { throw .unsupportedVersion(version) }
    var identity: [UInt8] = []
    for _ in 0..<ProgramIdentity.byteCount { identity.append(try readByte()) }
    guard identity == program.identity else { throw .otherProgram(identity: identity) }
    var header = Header()
    header.limits = try readLimits()
    guard let phase = MachineState.Phase(rawValue: try readByte()) else { throw malformed("an unknown phase") }
    header.phase = phase
    header.isFatal = try readByte() != 0
    header.function = try readIndex()
    header.programCounter = try readIndex()
    header.base = try readIndex()
    header.window = try readIndex()
    header.debt = try readIndex()
    header.fuelUsed = try decoding { reader throws(ValueCodecError) in try reader.readVarint() }
    guard header.function < program.program.functions.count else {
      throw malformed("the function `\(header.function)` does not exist")
    }
    header.top = header.base + program.program.functions[header.function].registerCount
    guard header.top <= header.limits.registers else {
      throw .exceedsLimit("`\(header.limits.registers)` registers")
    }
    header.frames = try readFrames(limits: header.limits)
    return header
  }

  private mutating func readLimits() throws(SnapshotError) -> MachineLimits {
    var limits = MachineLimits()
    limits.stackDepth = try readNumber()
    limits.registers = try readNumber()
    limits.heapBytes = try readNumber()
    limits.stringBytes = try readNumber()
    limits.collectionCount = try readNumber()
    limits.effectValueBytes = try readNumber()
    limits.valueDepth = try readNumber()
    limits.operationSteps = try readNumber()
    guard limits == limits.clamped else { throw malformed("limits outside of the possible range") }
    return ceiling ?? limits
  }

  private mutating func readFrames(limits: MachineLimits) throws(SnapshotError) -> [MachineState.Frame] {
    /// A frame takes at least three bytes.
    let count = try decoding { reader throws(ValueCodecError) in try reader.readCount(bytesEach: 3) }
    guard count <= limits.stackDepth else { throw .exceedsLimit("`\(limits.stackDepth)` nested calls") }
    var frames: [MachineState.Frame] = []
    for _ in 0..<count {
      let programCounter = try readIndex()
      let function = try readIndex()
      let base = try readIndex()
      guard function < program.program.functions.count else {
        throw malformed("the function `\(function)` does not exist")
      }
      let top = base + program.program.functions[function].registerCount
      guard top <= limits.registers else { throw .exceedsLimit("`\(limits.registers)` registers") }
      frames.append(
        MachineState.Frame(
          programCounter: UInt32(programCounter), function: UInt32(function), base: UInt32(base), top: UInt32(top)))
    }
    return frames
  }
}

/// Checks that frames are as calls of the program leave them.
struct FrameChecker {
  private let header: SnapshotReader.Header
  private let program: Program
  /// The first instruction of each function, counted over the whole program.
  private let entries: [Int]

  init(header: SnapshotReader.Header, program: Program) {
    self.header = header
    self.program = program
    var next = 0
    entries = program.functions.map { function in
      defer { next += function.instructions.count }
      return next
    }
  }

  func check(at offset: Int) throws(SnapshotError) {
    var base = 0
    var callee: Int?
    var calleeParameters: Int?
    for (index, frame) in header.frames.enumerated() {
      let isEntered = isCallee(Int(frame.function), callee, calleeParameters, isOutermost: index == 0)
      guard isEntered, Int(frame.base) == base,
        let call = instruction(before: Int(frame.programCounter), in: Int(frame.function))
      else { throw .malformed("frame `\(index)` is none that the program makes", offset: offset) }
      switch Opcode(rawValue: call.operation) {
      case .call: (callee, calleeParameters) = (call.b, nil)
      case .callClosure: (callee, calleeParameters) = (nil, call.c)
      default: throw .malformed("frame `\(index)` waits for no call", offset: offset)
      }
      base += call.a
    }
    let isEntered = isCallee(header.function, callee, calleeParameters, isOutermost: header.frames.isEmpty)
    guard isEntered, header.base == base, isCounterValid else {
      throw .malformed("the running frame is none that the program makes", offset: offset)
    }
  }

  private func isCallee(_ function: Int, _ callee: Int?, _ parameters: Int?, isOutermost: Bool) -> Bool {
    if isOutermost { return true }
    if let callee { return function == callee }
    return program.functions[function].parameterCount == parameters
  }

  /// Whether the machine can go on at its instruction, if it can go on at all.
  private var isCounterValid: Bool {
    let entry = entries[header.function]
    let end = entry + program.functions[header.function].instructions.count
    switch header.phase {
    case .ready: return (entry..<end).contains(header.programCounter)
    case .waiting:
      guard header.programCounter < end, let effect = instruction(before: header.programCounter, in: header.function)
      else { return false }
      let opcode = Opcode(rawValue: effect.operation)
      return (opcode == .callEffect || opcode == .callTool) && header.window == header.base + effect.a
    case .completed, .failed: return (entry...end).contains(header.programCounter)
    }
  }

  /// The instruction before a position of the whole program, when it is the function's and another follows it.
  private func instruction(before position: Int, in function: Int) -> Instruction? {
    let index = position - 1 - entries[function]
    let instructions = program.functions[function].instructions
    return instructions.indices.dropLast().contains(index) ? instructions[index] : nil
  }
}
