extension Engine {
  /// The elements of an array or captures of a closure; valid until the next ``ensure(_:)``.
  @inline(__always)
  func elements(_ cell: Cell) -> UnsafeMutableBufferPointer<Cell> {
    let object = object(cell.bits)
    // Elements lie as cells lie in registers: tag, then bits.
    let start = HeapObject.cell(object + HeapObject.headerWords)
    return UnsafeMutableBufferPointer(start: start, count: HeapObject.count(object[0]))
  }

  /// Makes an array whose words were ensured; the caller fills in its elements.
  @inline(__always)
  func takeArray(count: Int, capacity: Int) -> (Cell, UnsafeMutablePointer<Cell>) {
    let handle = take(HeapObject.arrayWords(capacity: capacity))
    let object = state.pointee.heap + Int(truncatingIfNeeded: handle)
    object[0] = HeapObject.header(kind: Tag.array, count: count)
    object[1] = UInt64(truncatingIfNeeded: capacity)
    let start = HeapObject.cell(object + HeapObject.headerWords)
    return (Cell(array: handle), start)
  }

  /// Makes an array of cells in registers, which are handed over.
  @inline(never)
  func newArray(_ source: UnsafePointer<Cell>, count: Int) throws(Thrown) -> Cell {
    try checkCollectionCount(count)
    try ensure(HeapObject.arrayWords(capacity: count))
    let (cell, elements) = takeArray(count: count, capacity: count)
    elements.update(from: source, count: count)
    return cell
  }

  /// Makes a closure that captures cells in registers, which are handed over.
  @inline(never)
  func newClosure(function: Int, captures: UnsafePointer<Cell>, count: Int) throws(Thrown) -> Cell {
    try ensure(HeapObject.closureWords(captureCount: count))
    let (cell, elements) = takeClosure(function: function, captureCount: count)
    elements.update(from: captures, count: count)
    return cell
  }

  /// Makes a closure whose words were ensured; the caller fills in its captures.
  func takeClosure(function: Int, captureCount: Int) -> (Cell, UnsafeMutablePointer<Cell>) {
    let handle = take(HeapObject.closureWords(captureCount: captureCount))
    let object = state.pointee.heap + Int(truncatingIfNeeded: handle)
    object[0] = HeapObject.header(kind: Tag.closure, count: captureCount)
    object[1] = UInt64(truncatingIfNeeded: function)
    let start = HeapObject.cell(object + HeapObject.headerWords)
    return (Cell(closure: handle), start)
  }

  /// The function of a closure.
  func function(_ closure: Cell) -> Int { Int(truncatingIfNeeded: object(closure.bits)[1]) }

  /// Refuses collections above the limit.
  @inline(__always)
  func checkCollectionCount(_ count: Int) throws(Thrown) {
    if count > state.pointee.limits.collectionCount { throw collectionTooLarge(count) }
  }

  @inline(never)
  private func collectionTooLarge(_ count: Int) -> Thrown {
    raise(
      .limitExceeded,
      "a collection of \(count) elements would exceed the limit of \(state.pointee.limits.collectionCount)")
  }

  /// Appends to the array in a place; `value` may be the place itself.
  @inline(never)
  func append(_ place: UnsafeMutablePointer<Cell>, _ value: UnsafePointer<Cell>) throws(Thrown) {
    guard place.pointee.isArray else {
      throw raise(.typeError, "cannot append to `\(place.pointee.typeName)`; only an Array can grow")
    }
    let header = object(place.pointee.bits)[0]
    let count = HeapObject.count(header)
    try checkCollectionCount(count + 1)
    if HeapObject.isShared(header) || count == HeapObject.capacity(at: object(place.pointee.bits)) {
      try reallocateArray(place, capacity: Self.grown(count + 1))
    }
    let object = object(place.pointee.bits)
    let element = HeapObject.cell(object + HeapObject.headerWords) + count
    element.pointee = value.pointee
    object[0] += HeapObject.header(kind: 0, count: 1)
  }

  /// A capacity that makes repeated growth cheap.
  static func grown(_ count: Int) -> Int { count < 4 ? 4 : count + count / 2 }

  /// Gives the array in a place an object of its own with this capacity.
  func reallocateArray(_ place: UnsafeMutablePointer<Cell>, capacity: Int) throws(Thrown) {
    let isCopy = HeapObject.isShared(object(place.pointee.bits)[0])
    try ensure(HeapObject.arrayWords(capacity: capacity))
    let source = elements(place.pointee)
    let (cell, target) = takeArray(count: source.count, capacity: capacity)
    if let start = source.baseAddress { target.update(from: start, count: source.count) }
    if isCopy { try shareAll(UnsafeBufferPointer(start: target, count: source.count)) }
    place.pointee = cell
  }

  /// Marks what cells refer to as shared, because a second container now holds it.
  func shareAll(_ cells: UnsafeBufferPointer<Cell>) throws(Thrown) {
    for cell in cells { share(cell) }
    try spend(cells.count)
  }

  /// Makes the array in a place writable.
  @inline(__always)
  func ownArray(_ place: UnsafeMutablePointer<Cell>) throws(Thrown) {
    let header = object(place.pointee.bits)[0]
    if HeapObject.isShared(header) { try reallocateArray(place, capacity: HeapObject.count(header)) }
  }
}
