/// The code of one function while it is made: instructions, registers, and jumps whose targets are not known yet.
struct FunctionBuilder {
  /// A place in the code that jumps go to.
  struct Label {
    fileprivate let index: Int
  }

  /// Where `break` and `continue` go.
  struct Loop {
    let exit: Label
    let next: Label
  }

  /// Where `return` goes in the body of an inlined lambda, or in an agent whose result is checked.
  struct Return {
    let register: Int
    let label: Label
  }

  private enum Distance {
    case short, long
  }

  private(set) var instructions: [Instruction] = []
  private(set) var offsets: [UInt32] = []
  private(set) var handlers: [FunctionCode.Handler] = []
  private var fixups: [(instruction: Int, label: Int, distance: Distance)] = []
  private var positions: [Int] = []
  private var lastBoundPosition = -1

  /// The first register that is free.
  var nextRegister = 0
  private(set) var registerCount = 0
  var loops: [Loop] = []
  var returns: [Return] = []
  /// Whether comparisons are not fused with jumps, because a distance would not fit sixteen bits.
  let usesLongJumps: Bool
  /// The source offset of the next instruction.
  var offset: UInt32 = 0

  init(usesLongJumps: Bool, parameterCount: Int) {
    self.usesLongJumps = usesLongJumps
    nextRegister = parameterCount
    // A frame has at least one register, as the verifier demands.
    registerCount = max(1, parameterCount)
  }

  /// The index of the next instruction.
  var position: Int { instructions.count }
  /// Whether a frame has so many registers.
  var fitsFrame: Bool { registerCount <= FunctionCode.maximumRegisterCount }

  // MARK: - Registers

  /// Takes the next register.
  mutating func allocate() -> Int { allocate(1) }

  /// Takes registers that follow one another, and gives the first.
  mutating func allocate(_ count: Int) -> Int {
    let first = nextRegister
    nextRegister += count
    registerCount = max(registerCount, nextRegister)
    return first
  }

  /// Moves the border between taken and free registers.
  mutating func setNextRegister(_ register: Int) {
    nextRegister = register
    registerCount = max(registerCount, register)
  }

  // MARK: - Instructions

  /// Adds an instruction with three operands.
  ///
  /// Registers beyond a frame's are reported when the function is finished, so their numbers may be cut here.
  mutating func emit(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) {
    instructions.append(
      Instruction(
        opcode, a: UInt16(truncatingIfNeeded: a), b: UInt16(truncatingIfNeeded: b), c: UInt16(truncatingIfNeeded: c)))
    offsets.append(offset)
  }

  /// Adds an instruction with an immediate.
  mutating func emit(_ opcode: Opcode, _ a: Int, immediate x: Int32) {
    instructions.append(Instruction(opcode, a: UInt16(truncatingIfNeeded: a), x: x))
    offsets.append(offset)
  }

  /// Copies a temporary to where it is wanted.
  mutating func move(_ target: Int, _ source: Int) {
    if target != source { emit(.move, target, source) }
  }

  // MARK: - Jumps

  /// A label that is bound later.
  mutating func makeLabel() -> Label {
    positions.append(-1)
    return Label(index: positions.count - 1)
  }

  /// Binds a label to the next instruction.
  mutating func bind(_ label: Label) {
    positions[label.index] = position
    lastBoundPosition = position
  }

  /// Adds a jump with a 32-bit distance.
  mutating func jump(_ opcode: Opcode = .jump, _ a: Int = 0, to label: Label) {
    fixups.append((position, label.index, .long))
    emit(opcode, a, immediate: 0)
  }

  /// Adds a fused comparison with a 16-bit distance.
  mutating func compareAndJump(_ opcode: Opcode, _ a: Int, _ b: Int, to label: Label) {
    fixups.append((position, label.index, .short))
    emit(opcode, a, b, 0)
  }

  /// Adds a handler; inner ones come first.
  mutating func addHandler(_ range: Range<Int>, target: Int, register: Int) {
    handlers.append(
      FunctionCode.Handler(
        range: UInt32(truncatingIfNeeded: range.lowerBound)..<UInt32(truncatingIfNeeded: range.upperBound),
        target: UInt32(truncatingIfNeeded: target), register: UInt16(truncatingIfNeeded: register)))
  }

  /// Whether the next instruction can be reached: nothing jumps to it, and the one before leaves.
  var isReachable: Bool {
    guard lastBoundPosition != position, let last = instructions.last else { return true }
    switch Opcode(rawValue: last.operation) {
    case .jump, .return, .returnNull, .throw: return false
    default: return true
    }
  }

  /// Fills in the distances; `false` when one of them does not fit.
  mutating func resolveJumps() -> Bool {
    for fixup in fixups {
      let distance = positions[fixup.label] - fixup.instruction - 1
      let instruction = instructions[fixup.instruction]
      switch fixup.distance {
      case .long:
        instructions[fixup.instruction] = Instruction(
          bits: instruction.bits & UInt64(UInt32.max) | UInt64(UInt32(truncatingIfNeeded: distance)) << 32)
      case .short:
        guard let short = Int16(exactly: distance) else { return false }
        instructions[fixup.instruction] = Instruction(
          bits: instruction.bits & (UInt64.max >> 16) | UInt64(UInt16(bitPattern: short)) << 48)
      }
    }
    return true
  }
}
