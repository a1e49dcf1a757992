extension MachineState {
  /// Copies what is reachable into a new heap (Cheney's algorithm: the copied objects are their own work list, so depth
  /// costs nothing) and frees the old one.
  ///
  /// - Parameters:
  ///   - needed: Words that must be free afterwards.
  ///   - trims: Whether spare room of containers is dropped, as snapshots want it.
  mutating func collect(needed: Int, trims: Bool = false) {
    // Everything may survive, so there must be room for all of it; untouched pages cost nothing.
    let target = UnsafeMutablePointer<UInt64>.allocate(capacity: max(heapCount, 1))
    var count = 0
    for index in 0..<top { Self.evacuate(&registers[index], from: heap, to: target, count: &count, trims: trims) }
    Self.evacuate(&inFlight, from: heap, to: target, count: &count, trims: trims)
    var scanned = 0
    while scanned < count {
      let object = target + scanned
      Self.scan(object, from: heap, to: target, count: &count, trims: trims)
      scanned += HeapObject.words(at: object)
    }
    // Registers above the top may hold handles of frames that returned: those are void now.
    (registers + top).update(repeating: .null, count: registerCapacity - top)
    heap.deallocate()
    let room = count + needed
    heapCapacity = max(room, min(2 * room, heapLimit + Self.errorReserveWords), Self.initialHeapWords)
    heap = .allocate(capacity: heapCapacity)
    heap.initialize(from: target, count: count)
    heapCount = count
    target.deallocate()
  }

  /// Evacuates what an object in the new heap refers to.
  private static func scan(
    _ object: UnsafeMutablePointer<UInt64>, from heap: UnsafeMutablePointer<UInt64>,
    to target: UnsafeMutablePointer<UInt64>, count: inout Int, trims: Bool
  ) {
    let header = object[0]
    let elements = HeapObject.count(header)
    let isRecord: Bool
    switch HeapObject.kind(header) {
    case Tag.array, Tag.closure: isRecord = false
    case Tag.record: isRecord = true
    default: return
    }
    var word = object + HeapObject.headerWords
    for _ in 0..<elements {
      if isRecord {
        var key = Cell(string: word[0])
        evacuate(&key, from: heap, to: target, count: &count, trims: trims)
        word[0] = key.bits
        word += 1
      }
      evacuate(&HeapObject.cell(word).pointee, from: heap, to: target, count: &count, trims: trims)
      word += HeapObject.elementWords
    }
  }

  /// Moves the object of a cell into the new heap, unless that was done before, and updates the cell.
  @inline(__always)
  private static func evacuate(
    _ cell: inout Cell, from heap: UnsafeMutablePointer<UInt64>, to target: UnsafeMutablePointer<UInt64>,
    count: inout Int, trims: Bool
  ) {
    guard cell.isHandle, !Handle.isConstant(cell.bits) else { return }
    let object = heap + Int(truncatingIfNeeded: cell.bits)
    if object[0] & HeapObject.Flag.forwarded != 0 {
      cell.bits = object[0] >> 32
      return
    }
    let copied = copy(object, to: target + count, trims: trims)
    object[0] = HeapObject.Flag.forwarded | UInt64(truncatingIfNeeded: count) << 32
    cell.bits = UInt64(truncatingIfNeeded: count)
    count += copied
  }

  /// Copies an object and returns its words.
  ///
  /// Shared containers never grow in place, so they lose their spare room.
  private static func copy(
    _ object: UnsafeMutablePointer<UInt64>, to target: UnsafeMutablePointer<UInt64>, trims: Bool
  ) -> Int {
    let header = object[0]
    let elements = HeapObject.count(header)
    switch HeapObject.kind(header) {
    case Tag.array:
      let isTrimmed = trims || HeapObject.isShared(header)
      let capacity = isTrimmed ? elements : HeapObject.capacity(at: object)
      target.update(from: object, count: HeapObject.arrayWords(capacity: elements))
      target[1] = UInt64(truncatingIfNeeded: capacity)
      return HeapObject.arrayWords(capacity: capacity)
    case Tag.record where trims && elements <= HeapObject.linearSearchCapacity:
      // Without an index nothing but the capacity changes; records with an index keep their room.
      target.update(from: object, count: HeapObject.headerWords + elements * HeapObject.fieldWords)
      target[1] = UInt64(truncatingIfNeeded: elements)
      return HeapObject.recordWords(capacity: elements)
    default:
      let words = HeapObject.words(at: object)
      target.update(from: object, count: words)
      return words
    }
  }
}
