/// Reads a machine from bytes that nobody vouches for.
///
/// Everything that the interpreter relies on is checked: the frames against the program's calls, every handle against the
/// kind of the object that it points to, texts, record keys, closures. What cannot be checked is whether the values make
/// sense to the program; it is no less safe with others.
struct SnapshotReader {
  private(set) var reader: ByteReader
  let program: ExecutableProgram
  /// What the caller allows, when it differs from what the machine was made with.
  let ceiling: MachineLimits?

  init(_ bytes: [UInt8], program: ExecutableProgram, ceiling: MachineLimits?) {
    reader = ByteReader(bytes)
    self.program = program
    self.ceiling = ceiling?.clamped
  }

  /// What a snapshot holds besides heap and registers.
  struct Header {
    var limits = MachineLimits()
    var phase = MachineState.Phase.ready
    var isFatal = false
    var function = 0
    var programCounter = 0
    var base = 0
    var top = 0
    var window = 0
    var debt = 0
    var fuelUsed: UInt64 = 0
    var frames: [MachineState.Frame] = []
  }

  /// Reads the whole.
  mutating func read() throws(SnapshotError) -> (MachineStorage, EffectOutcome?) {
    let header = try readHeader()
    try FrameChecker(header: header, program: program.program).check(at: reader.offset)
    var heap = SnapshotHeap(limit: header.limits.heapBytes / HeapObject.wordBytes + MachineState.errorReserveWords)
    try heap.read(&self)
    var registers: [Cell] = []
    registers.reserveCapacity(header.top)
    for _ in 0..<header.top { registers.append(try readCell()) }
    let inFlight = try readCell()
    let outcome = try readOutcome()
    try decoding { reader throws(ValueCodecError) in try reader.expectEnd() }
    guard outcome == nil || header.phase == .waiting else {
      throw malformed("an outcome for a machine that does not wait")
    }
    try heap.check(self)
    for cell in registers { try heap.check(cell, self) }
    try heap.check(inFlight, self)

    // A caller may have more registers than the calls above it: it finds them again when they return.
    let registerCapacity = header.frames.reduce(max(header.top, 1)) { max($0, Int($1.top)) }
    var state = MachineState(
      registerCapacity: registerCapacity, limits: header.limits, identity: program.identityKey)
    state.adopt(header, heap: heap.words, registers: registers, inFlight: inFlight)
    let storage = MachineStorage(state)
    guard storage.withEngine(program, { $0.rebuildRecords() }) else { throw malformed("a record with invalid keys") }
    return (storage, outcome)
  }

  /// The error for what was just read.
  func malformed(_ reason: String) -> SnapshotError { .malformed(reason, offset: reader.offset) }

  /// Reads primitives, whose errors become this format's.
  @inline(__always)
  mutating func decoding<Result>(
    _ body: (inout ByteReader) throws(ValueCodecError) -> Result
  ) throws(SnapshotError) -> Result {
    do throws(ValueCodecError) {
      return try body(&reader)
    } catch {
      throw malformed(error.description)
    }
  }

  mutating func readByte() throws(SnapshotError) -> UInt8 {
    try decoding { reader throws(ValueCodecError) in try reader.readByte() }
  }

  mutating func readNumber() throws(SnapshotError) -> Int {
    let number = try decoding { reader throws(ValueCodecError) in try reader.readVarint() }
    guard let exact = Int(exactly: number) else { throw malformed("the number `\(number)` is too large") }
    return exact
  }

  mutating func readIndex() throws(SnapshotError) -> Int {
    Int(try decoding { reader throws(ValueCodecError) in try reader.readUInt32() })
  }

  @inline(__always)
  mutating func readCell() throws(SnapshotError) -> Cell {
    let tag = try readByte()
    switch tag {
    case Tag.int: return Cell(int: try decoding { reader throws(ValueCodecError) in try reader.readZigzag() })
    case Tag.float: return Cell(float: try decoding { reader throws(ValueCodecError) in try reader.readFloat() })
    case Tag.bool:
      let bit = try readByte()
      guard bit <= 1 else { throw malformed("`\(bit)` is no bool") }
      return Cell(bool: bit == 1)
    case Tag.null: return .null
    case Tag.firstHandle...Tag.last: return Cell(tag: tag, bits: try readHandle())
    default: throw malformed("a value has the unknown tag `\(tag)`")
    }
  }

  /// Reads a handle; the heap checks it when all objects are known.
  mutating func readHandle() throws(SnapshotError) -> UInt64 {
    let raw = try readNumber()
    guard raw >> 1 < Int(Handle.constantBit) else { throw malformed("the handle `\(raw)` is too large") }
    return UInt64(raw >> 1) | (raw & 1 == 1 ? Handle.constantBit : 0)
  }

  private mutating func readOutcome() throws(SnapshotError) -> EffectOutcome? {
    let tag = try readByte()
    switch tag {
    case Snapshot.OutcomeTag.none: return nil
    case Snapshot.OutcomeTag.value:
      return .value(try decoding { reader throws(ValueCodecError) in try reader.readValue() })
    case Snapshot.OutcomeTag.failure, Snapshot.OutcomeTag.locatedFailure:
      return try decoding { reader throws(ValueCodecError) in
        var error = ProgramError(
          kind: try reader.readText(), message: try reader.readText(), data: try reader.readValue())
        if tag == Snapshot.OutcomeTag.locatedFailure {
          let offset = try reader.readUInt32()
          let line = Int(try reader.readZigzag())
          error.position = SourcePosition(offset: offset, line: line, column: Int(try reader.readZigzag()))
        }
        return .failure(error)
      }
    default: throw malformed("an outcome has the unknown tag `\(tag)`")
    }
  }
}
