/// Builtins on strings. Searching counts its steps, so that no text makes it run unboundedly.
extension Engine {
  func callTextBuiltin(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    switch arguments.builtin {
    case .join: try join(arguments)
    case .split: try split(arguments)
    case .trim: try trim(arguments)
    case .upper: try changeCase(arguments, StringText.upper)
    case .lower: try changeCase(arguments, StringText.lower)
    case .replace: try replace(arguments)
    case .startsWith: Cell(bool: try arguments.bytes(0).starts(with: arguments.bytes(1)))
    case .endsWith: Cell(bool: try arguments.bytes(0).reversed().starts(with: arguments.bytes(1).reversed()))
    case .matches: try matches(arguments)
    default: try format(arguments)
    }
  }

  /// Where a text begins in another, from an offset on.
  func firstOffset(
    of pattern: UnsafeBufferPointer<UInt8>, in content: UnsafeBufferPointer<UInt8>, from start: Int
  ) throws(Thrown) -> Int? {
    guard let first = pattern.first else { return start }
    guard start <= content.count - pattern.count else { return nil }
    var compared = 0
    for offset in start...content.count - pattern.count where content[offset] == first {
      var length = 1
      while length < pattern.count, content[offset + length] == pattern[length] { length += 1 }
      if length == pattern.count {
        try spend((offset - start + compared) / HeapObject.wordBytes)
        return offset
      }
      compared += length
      // Texts that nearly match everywhere make this quadratic: the limit is checked on the way.
      if compared > content.count {
        try spend(compared / HeapObject.wordBytes)
        compared = 0
      }
    }
    try spend((content.count - start + compared) / HeapObject.wordBytes)
    return nil
  }

  private func join(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    try arguments.expect(0, Tag.array, "an Array")
    try arguments.expectString(1)
    let separatorCount = bytes(arguments[1]).count
    var byteCount = 0
    for (position, element) in elements(arguments[0]).enumerated() {
      guard element.isString else {
        throw arguments.invalid(
          .typeError, "element `\(position)` is `\(element.typeName)`, not a String; use `string(x)`")
      }
      byteCount += bytes(element).count + (position > 0 ? separatorCount : 0)
      try checkTextLength(byteCount)
    }
    try ensure(HeapObject.stringWords(byteCount: byteCount))
    let (cell, target) = takeText(byteCount: byteCount)
    var end = target
    func write(_ content: UnsafeBufferPointer<UInt8>) {
      guard let start = content.baseAddress else { return }
      end.update(from: start, count: content.count)
      end += content.count
    }
    for (position, element) in elements(arguments[0]).enumerated() {
      if position > 0 { write(bytes(arguments[1])) }
      write(bytes(element))
    }
    finishText(cell)
    try spend(elements(arguments[0]).count + byteCount / HeapObject.wordBytes)
    return cell
  }

  private func split(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let content = try arguments.bytes(0)
    let separator = try arguments.bytes(1)
    var parts: [Range<Int>] = []
    var start = 0
    if separator.isEmpty {
      while start < content.count {
        let end = Self.nextScalar(content, start)
        parts.append(start..<end)
        start = end
        try checkCollectionCount(parts.count)
      }
    } else {
      while let end = try firstOffset(of: separator, in: content, from: start) {
        parts.append(start..<end)
        start = end + separator.count
        try checkCollectionCount(parts.count)
      }
      parts.append(start..<content.count)
    }
    return try newArray(ofParts: parts, arguments.window)
  }

  /// An array of parts of the string in a register.
  private func newArray(ofParts parts: [Range<Int>], _ register: UnsafePointer<Cell>) throws(Thrown) -> Cell {
    var words = HeapObject.arrayWords(capacity: parts.count)
    for part in parts { words += HeapObject.stringWords(byteCount: part.count) }
    try ensure(words)
    try spend(words)
    let (cell, elements) = takeArray(count: parts.count, capacity: parts.count)
    let content = bytes(register.pointee)
    for (position, part) in parts.enumerated() {
      elements[position] = takeText(copying: UnsafeBufferPointer(rebasing: content[part]))
    }
    return cell
  }

  private func trim(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    try newText(StringText.trim(try arguments.text(0)))
  }

  private func changeCase(_ arguments: BuiltinArguments, _ change: (String) -> String) throws(Thrown) -> Cell {
    try newText(change(try arguments.text(0)))
  }

  private func replace(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let text = try arguments.text(0)
    let pattern = try arguments.text(1)
    let replacement = try arguments.text(2)
    let replaced: String
    do throws(TextError) {
      replaced = try StringText.replace(
        text, pattern, with: replacement, maximumByteCount: state.pointee.limits.stringBytes)
    } catch {
      throw arguments.invalid(error == .emptyPattern ? .formatError : .limitExceeded, error.description)
    }
    try spend(replaced.utf8.count / HeapObject.wordBytes)
    return try newText(replaced)
  }

  private func matches(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let text = try arguments.text(0)
    let pattern = try arguments.text(1)
    let allowed = max(state.pointee.limits.operationSteps - state.pointee.steps, 0)
    var left = allowed
    defer { state.pointee.steps += allowed - left }
    do throws(RegularExpressionError) {
      return Cell(bool: try RegularExpression(pattern).matches(text, steps: &left))
    } catch {
      throw arguments.invalid(
        error.reason == .budgetExceeded ? .limitExceeded : .formatError, error.description)
    }
  }

  private func format(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let template = try arguments.text(0)
    let limit = state.pointee.limits.stringBytes
    var texts: [String] = []
    for index in 1..<max(arguments.count, 1) {
      let content = try printed(arguments.window + index, limit: limit)
      try spend(content.count / HeapObject.wordBytes)
      texts.append(String(decoding: content, as: UTF8.self))
    }
    let formatted: String
    do throws(FormatTextError) {
      formatted = try FormatText.format(template, texts, maximumByteCount: limit)
    } catch {
      if case .tooLong = error { throw arguments.invalid(.limitExceeded, error.description) }
      throw arguments.invalid(.formatError, error.description)
    }
    return try newText(formatted)
  }
}
