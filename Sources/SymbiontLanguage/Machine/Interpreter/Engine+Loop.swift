/// Loops and checks.
extension Engine {
  /// The next element of the collection in `window[0]` at the position in `window[1]`, put into `window[2]`.
  ///
  /// - Returns: Whether there was one.
  @inline(never)
  func iterate(_ window: UnsafeMutablePointer<Cell>) throws(Thrown) -> Bool {
    let collection = window[0]
    guard window[1].isInt, window[1].int >= 0 else {
      throw raise(.typeError, "a loop counts with an int, not with `\(window[1].typeName)`")
    }
    let position = Int(window[1].int)
    switch collection.tag {
    case Tag.array:
      let elements = elements(collection)
      guard position < elements.count else { return false }
      share(elements[position])
      window[2] = elements[position]
      window[1] = Cell(int: position + 1)
    case Tag.record:
      let (words, count) = fields(collection)
      guard position < count else { return false }
      window[2] = Cell(string: words[position * HeapObject.fieldWords])
      window[1] = Cell(int: position + 1)
    case Tag.string:
      // For strings the position counts bytes, so that a loop over one is linear.
      let count = bytes(collection).count
      guard position < count else { return false }
      let next = Self.nextScalar(bytes(collection), position)
      window[2] = try newText(from: window, position..<next)
      window[1] = Cell(int: next)
    default:
      throw raise(
        .typeError, "cannot loop over `\(collection.typeName)`; only over an Array, a record, a String or a range")
    }
    return true
  }

  /// Refuses the ends of a range that are no ints.
  @inline(never)
  func wrongRange(_ window: UnsafePointer<Cell>) -> Thrown {
    let wrong = window[0].isInt ? window[1] : window[0]
    return raise(.typeError, "a range goes from an int to an int, not `\(wrong.typeName)`")
  }

  /// Checks a register against a declared type and converts ints to floats where floats are declared.
  @inline(never)
  func check(_ register: UnsafeMutablePointer<Cell>, type index: Int) throws(Thrown) {
    let types = image.pointee.program._withUnsafeGuaranteedRef { $0.program.types }
    guard let type = types[UInt32(truncatingIfNeeded: index)] else { return }
    switch (type, register.pointee.tag) {
    case (.any, _), (.int, Tag.int), (.float, Tag.float), (.bool, Tag.bool), (.string, Tag.string), (.null, Tag.null),
      (.optional, Tag.null):
      return
    case (.float, Tag.int):
      register.pointee = Cell(float: register.pointee.number)
      return
    default: break
    }
    let value = try value(register.pointee)
    let coerced: Value
    do throws(TypeMismatch) {
      coerced = try types.coerce(value, to: type, path: "value")
    } catch {
      throw raise(.typeError, error.description)
    }
    if coerced != value { register.pointee = try cell(coerced) }
  }

  /// The array in a register from an element on.
  @inline(never)
  func rest(_ register: UnsafePointer<Cell>, from first: Int) throws(Thrown) -> Cell {
    guard register.pointee.isArray else {
      throw raise(.typeError, "the rest of a pattern needs an Array, not `\(register.pointee.typeName)`")
    }
    return try slice(array: register, first..<max(first, elements(register.pointee).count))
  }

  /// A part of the array in a register; the range ends at most at the array's end, unless it is empty.
  func slice(array register: UnsafePointer<Cell>, _ range: Range<Int>) throws(Thrown) -> Cell {
    try ensure(HeapObject.arrayWords(capacity: range.count))
    let (cell, target) = takeArray(count: range.count, capacity: range.count)
    let source = elements(register.pointee)
    for (position, index) in range.enumerated() {
      share(source[index])
      target[position] = source[index]
    }
    try spend(range.count)
    return cell
  }
}
