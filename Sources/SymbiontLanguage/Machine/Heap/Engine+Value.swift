extension Engine {
  /// A container that is being turned into a value.
  private struct OpenContainer {
    let cell: Cell
    var position = 0
    var values: [Value] = []
    var record = Record()
  }

  /// What a cell holds, as a value that may leave the machine.
  ///
  /// - Throws: `LimitExceeded` when it is nested too deep or holds too much.
  func value(_ root: Cell) throws(Thrown) -> Value {
    var budget = state.pointee.limits.effectValueBytes
    return try value(root, budget: &budget)
  }

  /// Like ``value(_:)``; what the value holds is subtracted from the budget.
  func value(_ root: Cell, budget: inout Int) throws(Thrown) -> Value {
    guard root.isContainer else { return try leaf(root, budget: &budget) }
    var open: [OpenContainer] = []
    try begin(root, &open, budget: &budget)
    while true {
      let last = open.count - 1
      let container = open[last].cell
      if open[last].position < HeapObject.count(object(container.bits)[0]) {
        let child = child(container, at: open[last].position)
        if child.isContainer {
          try begin(child, &open, budget: &budget)
        } else {
          deliver(try leaf(child, budget: &budget), to: &open[last])
        }
        continue
      }
      let finished = finish(open[last])
      open.removeLast()
      guard let parent = open.indices.last else { return finished }
      deliver(finished, to: &open[parent])
    }
  }

  private func begin(_ cell: Cell, _ open: inout [OpenContainer], budget: inout Int) throws(Thrown) {
    guard open.count < state.pointee.limits.valueDepth else {
      throw raise(
        .limitExceeded, "the value is nested deeper than `\(state.pointee.limits.valueDepth)` levels; make it flatter")
    }
    try charge(MemoryLayout<Cell>.stride, &budget)
    open.append(OpenContainer(cell: cell))
  }

  private func child(_ container: Cell, at position: Int) -> Cell {
    container.isRecord ? Self.value(fields(container).words, at: position) : elements(container)[position]
  }

  private func deliver(_ value: Value, to container: inout OpenContainer) {
    if container.cell.isRecord {
      let key = fields(container.cell).words[container.position * HeapObject.fieldWords]
      container.record.updateValue(value, forKey: text(Cell(string: key)))
    } else {
      container.values.append(value)
    }
    container.position += 1
  }

  private func finish(_ container: OpenContainer) -> Value {
    switch container.cell.tag {
    case Tag.array: .array(container.values)
    case Tag.record: .record(container.record)
    default:
      .function(
        FunctionValue(
          function: UInt32(truncatingIfNeeded: function(container.cell)), captures: container.values))
    }
  }

  private func leaf(_ cell: Cell, budget: inout Int) throws(Thrown) -> Value {
    switch cell.tag {
    case Tag.int: try charge(HeapObject.wordBytes, &budget)
    case Tag.string, Tag.secret: try charge(HeapObject.wordBytes + HeapObject.count(textObject(cell.bits)[0]), &budget)
    default: try charge(HeapObject.wordBytes, &budget)
    }
    switch cell.tag {
    case Tag.int: return .int(cell.int)
    case Tag.float: return .float(cell.float)
    case Tag.bool: return .bool(cell.bits != 0)
    case Tag.string: return .string(text(cell))
    case Tag.secret: return .secret(SecretReference(path: text(cell)))
    default: return .null
    }
  }

  private func charge(_ bytes: Int, _ budget: inout Int) throws(Thrown) {
    budget -= bytes
    guard budget >= 0 else {
      throw raise(
        .limitExceeded,
        "the value holds more than `\(state.pointee.limits.effectValueBytes)` bytes, the limit of what one effect or "
          + "result may carry; send it in parts")
    }
    state.pointee.steps += bytes / HeapObject.wordBytes
  }
}

extension Engine {
  /// Makes a cell of a value from outside.
  ///
  /// - Throws: `LimitExceeded`, or `TypeError` for a closure that this program does not have.
  func cell(_ root: Value) throws(Thrown) -> Cell {
    try ensure(try words(root))
    var result = Cell.null
    try withUnsafeMutablePointer(to: &result) { target throws(Thrown) in
      var pending = [(root, target)]
      while let (value, slot) = pending.popLast() { slot.pointee = try build(value, &pending) }
    }
    return result
  }

  /// Makes the cell of a value whose words were ensured, and leaves its children to be done.
  private func build(
    _ value: Value, _ pending: inout [(Value, UnsafeMutablePointer<Cell>)]
  ) throws(Thrown) -> Cell {
    switch value {
    case .null: return .null
    case .bool(let value): return Cell(bool: value)
    case .int(let value): return Cell(int: value)
    case .float(let value): return Cell(float: value)
    case .string(let text): return build(text: text)
    case .secret(let reference): return build(text: reference.path, kind: Tag.secret)
    case .array(let values):
      let (cell, slots) = takeArray(count: values.count, capacity: values.count)
      for (position, value) in values.enumerated() { pending.append((value, slots + position)) }
      return cell
    case .function(let function):
      let (cell, slots) = takeClosure(function: Int(function.function), captureCount: function.captures.count)
      for (position, value) in function.captures.enumerated() { pending.append((value, slots + position)) }
      return cell
    case .record(let record):
      let cell = takeRecord(capacity: record.count)
      for field in record { try addField(cell, try canonicalKey(build(text: field.key)), .null) }
      let words = fields(cell).words
      for (position, field) in record.enumerated() {
        let slot = words + position * HeapObject.fieldWords + 1
        pending.append((field.value, HeapObject.cell(slot)))
      }
      return cell
    }
  }

  private func build(text: String, kind: UInt8 = Tag.string) -> Cell {
    var content = text
    return content.withUTF8 { takeText(copying: $0, kind: kind) }
  }

  /// The words that a value takes, an upper bound; checks every limit on the way.
  private func words(_ root: Value) throws(Thrown) -> Int {
    var words = 0
    var pending = [(root, 0)]
    while let (value, depth) = pending.popLast() {
      switch value {
      case .null, .bool, .int, .float: continue
      case .string(let text): words += try self.words(text: text)
      case .secret(let reference): words += try self.words(text: reference.path)
      case .array(let values):
        try checkOuterContainer(count: values.count, depth: depth)
        words += HeapObject.arrayWords(capacity: values.count)
        for value in values { pending.append((value, depth + 1)) }
      case .function(let function):
        try checkOuterContainer(count: function.captures.count, depth: depth)
        try checkClosure(function)
        words += HeapObject.closureWords(captureCount: function.captures.count)
        for value in function.captures { pending.append((value, depth + 1)) }
      case .record(let record):
        try checkOuterContainer(count: record.count, depth: depth)
        words += HeapObject.recordWords(capacity: record.count)
        for field in record {
          words += try self.words(text: field.key)
          pending.append((field.value, depth + 1))
        }
      }
      try checkWords(words)
    }
    state.pointee.steps += words
    return words
  }

  private func words(text: String) throws(Thrown) -> Int {
    let count = text.utf8.count
    try checkTextLength(count)
    return HeapObject.stringWords(byteCount: count)
  }

  private func checkWords(_ words: Int) throws(Thrown) {
    guard words <= state.pointee.heapLimit else {
      throw raise(
        .limitExceeded, "a value from outside does not fit the heap limit of `\(state.pointee.limits.heapBytes)` bytes")
    }
  }

  private func checkOuterContainer(count: Int, depth: Int) throws(Thrown) {
    try checkCollectionCount(count)
    guard depth < state.pointee.limits.valueDepth else {
      throw raise(
        .limitExceeded,
        "a value from outside is nested deeper than `\(state.pointee.limits.valueDepth)` levels")
    }
  }

  private func checkClosure(_ closure: FunctionValue) throws(Thrown) {
    let isKnown = image.pointee.program._withUnsafeGuaranteedRef { executable in
      let functions = executable.program.functions
      return Int(closure.function) < functions.count
        && functions[Int(closure.function)].captureCount == closure.captures.count
    }
    guard isKnown else {
      throw raise(.typeError, "a function value from outside belongs to another program")
    }
  }
}
