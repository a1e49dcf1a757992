extension MachineState {
  /// Takes over what a snapshot holds, all of it checked.
  mutating func adopt(_ header: SnapshotReader.Header, heap words: [UInt64], registers cells: [Cell], inFlight: Cell) {
    phase = header.phase
    isFatal = header.isFatal
    function = header.function
    programCounter = header.programCounter
    base = header.base
    top = header.top
    window = header.window
    debt = header.debt
    fuelUsed = header.fuelUsed
    self.inFlight = inFlight
    for (index, cell) in cells.enumerated() { registers[index] = cell }
    if words.count > heapCapacity {
      heap.deallocate()
      heap = .allocate(capacity: words.count)
      heapCapacity = words.count
    }
    words.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { heap.update(from: start, count: source.count) }
    }
    heapCount = words.count
    if header.frames.count > frameCapacity {
      frames.deallocate()
      frames = .allocate(capacity: header.frames.count)
      frameCapacity = header.frames.count
    }
    for (index, frame) in header.frames.enumerated() { (frames + index).initialize(to: frame) }
    frameCount = header.frames.count
  }
}

extension Engine {
  /// Enters the fields of restored records again, one after another, which makes their indices and finds invalid keys.
  ///
  /// - Returns: Whether all keys are distinct, and constants whenever the program has one with their text.
  func rebuildRecords() -> Bool {
    var offset = 0
    while offset < state.pointee.heapCount {
      let object = state.pointee.heap + offset
      if HeapObject.kind(object[0]) == Tag.record {
        state.pointee.steps = 0
        guard (try? rebuild(Cell(record: UInt64(truncatingIfNeeded: offset)))) == true else { return false }
      }
      offset += HeapObject.words(at: object)
    }
    state.pointee.steps = 0
    return true
  }

  private func rebuild(_ record: Cell) throws(Thrown) -> Bool {
    let object = object(record.bits)
    let header = object[0]
    let fields = object + HeapObject.headerWords
    object[0] = HeapObject.header(kind: Tag.record, count: 0, flags: header & HeapObject.Flag.shared)
    if HeapObject.capacity(at: object) > HeapObject.linearSearchCapacity { RecordIndex(object).clear() }
    for position in 0..<HeapObject.count(header) {
      let key = fields[position * HeapObject.fieldWords]
      guard try canonicalKey(Cell(string: key)) == key, try self.position(record, key) == nil else { return false }
      // Writes the field over itself.
      try addField(record, key, Self.value(fields, at: position))
    }
    return true
  }
}
