/// Writes a machine as bytes.
///
/// The state must have been compacted: then the heap holds live objects only, and the reader puts them at the same
/// places.
struct SnapshotWriter {
  private var writer: ByteWriter
  private let state: MachineState

  private init(_ state: MachineState) {
    self.state = state
    writer = ByteWriter(capacity: state.heapCount * HeapObject.wordBytes / 2 + state.top * 2 + Self.fixedBytes)
  }

  /// A guess at the bytes besides heap and registers.
  private static let fixedBytes = 128

  /// The bytes of a machine.
  static func encode(_ storage: MachineStorage, outcome: EffectOutcome?) -> [UInt8] {
    let compacted = storage.compacted()
    return withExtendedLifetime(compacted) {
      var writer = SnapshotWriter(compacted.snapshot)
      writer.writeHeader()
      writer.writeHeap()
      for index in 0..<compacted.snapshot.top { writer.write(compacted.snapshot.registers[index]) }
      writer.write(compacted.snapshot.inFlight)
      writer.write(outcome)
      return writer.writer.bytes
    }
  }

  private mutating func writeHeader() {
    writer.write(byte: Snapshot.formatVersion)
    for byte in state.identity.bytes { writer.write(byte: byte) }
    let limits = state.limits
    for limit in [
      limits.stackDepth, limits.registers, limits.heapBytes, limits.stringBytes, limits.collectionCount,
      limits.effectValueBytes, limits.valueDepth, limits.operationSteps,
    ] {
      writer.write(count: limit)
    }
    writer.write(byte: state.phase.rawValue)
    writer.write(byte: state.isFatal ? 1 : 0)
    for number in [state.function, state.programCounter, state.base, state.window, state.debt] {
      writer.write(count: number)
    }
    writer.write(varint: state.fuelUsed)
    writer.write(count: state.frameCount)
    for index in 0..<state.frameCount {
      let frame = state.frames[index]
      for number in [frame.programCounter, frame.function, frame.base] { writer.write(varint: UInt64(number)) }
    }
  }

  private mutating func writeHeap() {
    writer.write(count: state.heapCount)
    var offset = 0
    while offset < state.heapCount {
      let object = state.heap + offset
      write(object)
      offset += HeapObject.words(at: object)
    }
  }

  private mutating func write(_ object: UnsafeMutablePointer<UInt64>) {
    let header = object[0]
    let kind = HeapObject.kind(header)
    let count = HeapObject.count(header)
    writer.write(byte: kind | (HeapObject.isShared(header) ? Snapshot.sharedBit : 0))
    let content = object + HeapObject.headerWords
    if kind == Tag.string || kind == Tag.secret {
      writer.write(text: String(decoding: UnsafeRawBufferPointer(start: content, count: count), as: UTF8.self))
      return
    }
    writer.write(count: count)
    switch kind {
    case Tag.record:
      writer.write(count: HeapObject.capacity(at: object))
      for position in 0..<count {
        let word = content + position * HeapObject.fieldWords
        write(handle: word[0])
        write(HeapObject.cell(word + 1).pointee)
      }
    default:
      if kind == Tag.closure { writer.write(varint: object[1]) }
      for position in 0..<count {
        let word = content + position * HeapObject.elementWords
        write(HeapObject.cell(word).pointee)
      }
    }
  }

  @inline(__always)
  private mutating func write(_ cell: Cell) {
    writer.write(byte: cell.tag)
    switch cell.tag {
    case Tag.int: writer.write(zigzag: cell.int)
    case Tag.float: writer.write(float: cell.float)
    case Tag.bool: writer.write(byte: UInt8(truncatingIfNeeded: cell.bits))
    case Tag.null: return
    default: write(handle: cell.bits)
    }
  }

  /// The lowest bit says whether it is a constant's.
  @inline(__always)
  private mutating func write(handle: UInt64) {
    let isConstant = Handle.isConstant(handle)
    writer.write(varint: (handle & ~Handle.constantBit) << 1 | (isConstant ? 1 : 0))
  }

  private mutating func write(_ outcome: EffectOutcome?) {
    switch outcome {
    case nil: writer.write(byte: Snapshot.OutcomeTag.none)
    case .value(let value):
      writer.write(byte: Snapshot.OutcomeTag.value)
      writer.write(value: value)
    case .failure(let error):
      writer.write(
        byte: error.position == nil ? Snapshot.OutcomeTag.failure : Snapshot.OutcomeTag.locatedFailure)
      writer.write(text: error.kind)
      writer.write(text: error.message)
      writer.write(value: error.data)
      if let position = error.position {
        writer.write(varint: UInt64(position.offset))
        writer.write(zigzag: Int64(position.line))
        writer.write(zigzag: Int64(position.column))
      }
    }
  }
}
