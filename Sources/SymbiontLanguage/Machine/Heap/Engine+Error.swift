extension Engine {
  /// Fields of an error record: kind, message, position and data.
  private static var errorFieldCount: Int { 4 }
  /// Fields of a position: line and column.
  private static var positionFieldCount: Int { 2 }
  /// The longest message in bytes; texts of the program in it are shortened before.
  private static var longestMessage: Int { 4096 }

  /// Puts an error in flight.
  ///
  /// Its position is added where it is thrown.
  @inline(never)
  func raise(_ kind: WellKnownText, _ message: String) -> Thrown {
    // Cut before a scalar that may be incomplete.
    var content = Array(message.utf8.prefix(Self.longestMessage))
    if content.count == Self.longestMessage {
      while let last = content.last, last & 0x80 != 0 { content.removeLast() }
    }
    let words = HeapObject.stringWords(byteCount: content.count) + Self.errorWords
    guard reserve(words) else { return Thrown() }
    let text = content.withUnsafeBufferPointer { takeText(copying: $0) }
    state.pointee.inFlight = takeError(kind: image.pointee.text(kind), message: text, data: .null)
    return Thrown()
  }

  /// Puts an error from outside in flight.
  func raise(_ error: ProgramError) -> Thrown {
    do throws(Thrown) {
      let record = Record([
        ("kind", .string(error.kind)), ("message", .string(error.message)), ("position", .null), ("data", error.data),
      ])
      state.pointee.inFlight = try cell(.record(record))
      return Thrown()
    } catch {
      // What is in flight now is the reason why the error could not be kept.
      return error
    }
  }

  /// Makes an error record whose words were ensured.
  func takeError(kind: Cell, message: Cell, data: Cell) -> Cell {
    let record = takeRecord(capacity: Self.errorFieldCount)
    let object = object(record.bits)
    object[0] = HeapObject.header(kind: Tag.record, count: Self.errorFieldCount)
    let fields: [(WellKnownText, Cell)] = [(.kind, kind), (.message, message), (.position, .null), (.data, data)]
    for (position, field) in fields.enumerated() {
      let word = object + HeapObject.headerWords + position * HeapObject.fieldWords
      word[0] = image.pointee.text(field.0).bits
      HeapObject.cell(word + 1).pointee = field.1
    }
    return record
  }

  /// Words of an error record without its texts.
  static var errorWords: Int { HeapObject.recordWords(capacity: errorFieldCount) }

  /// Makes room for an error, above the heap's limit if it must be.
  ///
  /// Without room the machine fails.
  private func reserve(_ words: Int) -> Bool {
    if state.pointee.heapCapacity - state.pointee.heapCount < words {
      state.pointee.collect(needed: words)
      // Near the limit little room is gained, so errors there pay for their collections.
      if state.pointee.heapCount > state.pointee.heapLimit / 2 { state.pointee.steps += state.pointee.heapCount }
    }
    if state.pointee.heapCount + words <= state.pointee.heapLimit + MachineState.errorReserveWords { return true }
    state.pointee.isFatal = true
    state.pointee.inFlight = .null
    return false
  }

  /// Throws a value: an error record as it is, anything else wrapped.
  @inline(never)
  func throwValue(_ register: UnsafePointer<Cell>) -> Thrown {
    do throws(Thrown) {
      if try isError(register.pointee) {
        state.pointee.inFlight = register.pointee
        return Thrown()
      }
      share(register.pointee)
      let message = try printed(register, limit: Self.longestMessage)
      guard reserve(HeapObject.stringWords(byteCount: message.count) + Self.errorWords) else { return Thrown() }
      let text = message.withUnsafeBufferPointer { takeText(copying: $0) }
      state.pointee.inFlight = takeError(kind: image.pointee.text(.thrown), message: text, data: register.pointee)
      return Thrown()
    } catch {
      return error
    }
  }

  /// Whether a value is a record with a kind and a message, both strings.
  private func isError(_ cell: Cell) throws(Thrown) -> Bool {
    guard cell.isRecord, let kind = try field(cell, image.pointee.text(.kind).bits), kind.isString,
      let message = try field(cell, image.pointee.text(.message).bits)
    else { return false }
    return message.isString
  }

  /// Gives the error in flight its position, unless it has one from the first time it was thrown.
  @inline(never)
  func locate(programCounter: Int, function: Int) {
    guard !state.pointee.isFatal else { return }
    var key = image.pointee.text(.position)
    var value = Cell.null
    do throws(Thrown) {
      if let known = try field(state.pointee.inFlight, key.bits), !known.isNull { return }
      // Makes the record writable and gives it the field.
      try withUnsafeMutablePointer(to: &state.pointee.inFlight) { error throws(Thrown) in
        try setField(error, key: &key, value: &value)
      }
    } catch {
      // A limit was reached meanwhile: that is the error now, and it lacks a position just the same.
      guard !state.pointee.isFatal else { return }
    }
    guard reserve(HeapObject.recordWords(capacity: Self.positionFieldCount)) else { return }
    let source = position(programCounter: programCounter, function: function)
    let record = takeRecord(capacity: Self.positionFieldCount)
    // A new record of two fields with constant keys: neither search nor growth can fail.
    try? addField(record, image.pointee.text(.line).bits, Cell(int: source.line))
    try? addField(record, image.pointee.text(.column).bits, Cell(int: source.column))
    guard let position = try? position(state.pointee.inFlight, key.bits) else { return }
    let word = fields(state.pointee.inFlight).words + position * HeapObject.fieldWords
    HeapObject.cell(word + 1).pointee = record
  }

  /// The source position of an instruction.
  func position(programCounter: Int, function: Int) -> SourcePosition {
    let entry = image.pointee.function(function).entry
    return image.pointee.program._withUnsafeGuaranteedRef { executable in
      let offsets = executable.program.functions[function].offsets
      let index = programCounter - entry
      return executable.program.source.position(at: offsets.indices.contains(index) ? offsets[index] : 0)
    }
  }

  /// The error in flight as the outside sees it.
  func failure() -> ProgramError {
    let error = state.pointee.inFlight
    guard !state.pointee.isFatal, error.isRecord else {
      return ProgramError(
        kind: WellKnownText.limitExceeded.text,
        message: "an error could not be kept because the heap is at its limit of "
          + "\(state.pointee.limits.heapBytes) bytes")
    }
    let kind = known(error, .kind)
    let message = known(error, .message)
    let position = known(error, .position)
    let data = known(error, .data)
    return ProgramError(
      kind: kind.isString ? text(kind) : WellKnownText.thrown.text, message: message.isString ? text(message) : "",
      // Last: data that cannot leave the machine puts another error in flight, and goes missing.
      data: (try? value(data)) ?? .null, position: outerPosition(position))
  }

  private func known(_ record: Cell, _ key: WellKnownText) -> Cell {
    (try? field(record, image.pointee.text(key).bits)) ?? .null
  }

  private func outerPosition(_ position: Cell) -> SourcePosition? {
    guard position.isRecord else { return nil }
    let line = known(position, .line)
    let column = known(position, .column)
    guard line.isInt, column.isInt else { return nil }
    return image.pointee.program._withUnsafeGuaranteedRef { executable in
      executable.program.source.position(line: line.int, column: column.int)
    }
  }
}

extension SourceText {
  /// The position with this line and column, or nothing when the text has none there.
  fileprivate func position(line: Int64, column: Int64) -> SourcePosition? {
    guard line >= 1, line <= lineStarts.count, column >= 1 else { return nil }
    var offset = Int(lineStarts[Int(line) - 1])
    var left = column - 1
    while left > 0, offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      left -= 1
    }
    return SourcePosition(offset: UInt32(offset), line: Int(line), column: Int(column))
  }
}
