/// What the interpreter does inline because programs do it all the time. The rest is in the slow paths.
extension Engine {
  /// The field with a constant key of a record without an index, when it is there.
  @inline(__always)
  func quickField(_ record: Cell, _ key: UInt64) -> Cell? {
    guard let word = quickSearch(object(record.bits), key) else { return nil }
    return HeapObject.cell(word + 1).pointee
  }

  /// Sets an existing field with a constant key of an unshared record without an index; says whether it did.
  @inline(__always)
  func quickSetField(_ record: Cell, _ key: UInt64, _ value: Cell) -> Bool {
    let object = object(record.bits)
    guard !HeapObject.isShared(object[0]), let word = quickSearch(object, key) else { return false }
    HeapObject.cell(word + 1).pointee = value
    return true
  }

  @inline(__always)
  private func quickSearch(_ object: UnsafeMutablePointer<UInt64>, _ key: UInt64) -> UnsafeMutablePointer<UInt64>? {
    let count = HeapObject.count(object[0])
    guard count <= HeapObject.linearSearchCapacity else { return nil }
    var word = object + HeapObject.headerWords
    for _ in 0..<count {
      if word[0] == key { return word }
      word += HeapObject.fieldWords
    }
    return nil
  }

  /// The element of an array, when it has one at the index.
  @inline(__always)
  func quickElement(_ array: Cell, _ index: Int64) -> Cell? {
    let elements = elements(array)
    guard UInt64(bitPattern: index) < UInt64(truncatingIfNeeded: elements.count) else { return nil }
    return elements[Int(truncatingIfNeeded: index)]
  }

  /// Sets an existing element of an unshared array; says whether it did.
  @inline(__always)
  func quickSetElement(_ array: Cell, _ index: Int64, _ value: Cell) -> Bool {
    let object = object(array.bits)
    let count = UInt64(truncatingIfNeeded: HeapObject.count(object[0]))
    guard !HeapObject.isShared(object[0]), UInt64(bitPattern: index) < count else { return false }
    elements(array)[Int(truncatingIfNeeded: index)] = value
    return true
  }

  /// Appends to an unshared array with room; says whether it did.
  @inline(__always)
  func appendQuickly(_ array: Cell, _ value: Cell) -> Bool {
    guard array.isArray else { return false }
    let object = object(array.bits)
    let count = HeapObject.count(object[0])
    guard !HeapObject.isShared(object[0]), count < HeapObject.capacity(at: object),
      count < state.pointee.limits.collectionCount
    else { return false }
    HeapObject.cell(object + HeapObject.headerWords)[count] = value
    object[0] += HeapObject.header(kind: 0, count: 1)
    return true
  }

  /// The next element of the array in `window[0]` at the position in `window[1]`, put into `window[2]`.
  ///
  /// - Returns: Whether there was one, or nothing when the collection is no array.
  @inline(__always)
  func iterateArray(_ window: UnsafeMutablePointer<Cell>) -> Bool? {
    guard window[0].isArray, window[1].isInt else { return nil }
    guard let element = quickElement(window[0], window[1].int) else { return window[1].int < 0 ? nil : false }
    share(element)
    window[2] = element
    window[1].bits += 1
    return true
  }

  /// The next number of the range in `window[0]` and `window[1]`, put into `window[2]`.
  ///
  /// - Returns: Whether there was one, or nothing when the ends are no ints.
  @inline(__always)
  func advance(_ window: UnsafeMutablePointer<Cell>) -> Bool? {
    guard (window[0].tag | window[1].tag) == Tag.int else { return nil }
    let number = window[0].int
    guard number < window[1].int else { return false }
    window[2] = Cell(int: number)
    // Below the end, so it cannot overflow.
    window[0].bits = UInt64(bitPattern: number &+ 1)
    return true
  }

  /// Enters a function whose arguments lie at `window`, when there is room for its frame; says whether it did.
  @inline(__always)
  func enterQuickly(
    _ index: Int, _ callee: FunctionEntry, _ window: UnsafeMutablePointer<Cell>, argumentCount: Int, returning: Int
  ) -> Bool {
    let base = window - state.pointee.registers
    let top = base + callee.registerCount
    let count = state.pointee.frameCount
    guard count < state.pointee.frameCapacity, top <= state.pointee.registerCapacity else { return false }
    state.pointee.frames[count] = MachineState.Frame(
      programCounter: UInt32(truncatingIfNeeded: returning),
      function: UInt32(truncatingIfNeeded: state.pointee.function),
      base: UInt32(truncatingIfNeeded: state.pointee.base), top: UInt32(truncatingIfNeeded: state.pointee.top))
    state.pointee.frameCount = count + 1
    state.pointee.function = index
    state.pointee.base = base
    state.pointee.top = top
    // What deeper calls left here must neither be seen nor kept alive. The bits of a null mean nothing.
    for register in argumentCount..<max(argumentCount, callee.registerCount) { window[register].tag = Tag.null }
    return true
  }

  /// Returns to the caller and says where it goes on.
  @inline(__always)
  func leave() -> Int {
    state.pointee.frameCount -= 1
    let frame = state.pointee.frames[state.pointee.frameCount]
    state.pointee.function = Int(frame.function)
    state.pointee.base = Int(frame.base)
    state.pointee.top = Int(frame.top)
    return Int(frame.programCounter)
  }
}
