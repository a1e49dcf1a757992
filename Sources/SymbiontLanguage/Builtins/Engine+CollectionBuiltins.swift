/// Builtins on arrays, records and values of any kind.
extension Engine {
  func callCollectionBuiltin(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    switch arguments.builtin {
    case .len: try length(arguments)
    case .keys: try keys(arguments)
    case .values: try values(arguments)
    case .get: try get(arguments)
    case .contains: Cell(bool: try contains(arguments[0], arguments[1], operation: "contains"))
    case .push: try push(arguments)
    case .slice: try slice(arguments)
    case .reverse: try reverse(arguments)
    case .range: try range(arguments)
    case .sum: try sum(arguments)
    case .sort: try sort(arguments, keys: 0)
    case .sortByKeys: try sort(arguments, keys: 1)
    case .ok: try wrap(arguments, .ok)
    case .err: try wrap(arguments, .error)
    case .error: try makeError(arguments)
    default: arguments[0]
    }
  }

  private func length(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let x = arguments[0]
    switch x.tag {
    case Tag.string: return Cell(int: scalarCount(x))
    case Tag.array, Tag.record: return Cell(int: HeapObject.count(object(x.bits)[0]))
    default: throw arguments.wrong(0, "a String, an Array or a record")
    }
  }

  private func keys(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    try arguments.expect(0, Tag.record, "a record")
    let count = fields(arguments[0]).count
    try ensure(HeapObject.arrayWords(capacity: count))
    let (cell, elements) = takeArray(count: count, capacity: count)
    let words = fields(arguments[0]).words
    for position in 0..<count { elements[position] = Cell(string: words[position * HeapObject.fieldWords]) }
    try spend(count)
    return cell
  }

  private func values(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    try arguments.expect(0, Tag.record, "a record")
    let count = fields(arguments[0]).count
    try ensure(HeapObject.arrayWords(capacity: count))
    let (cell, elements) = takeArray(count: count, capacity: count)
    let words = fields(arguments[0]).words
    for position in 0..<count { elements[position] = Self.value(words, at: position) }
    try shareAll(UnsafeBufferPointer(start: elements, count: count))
    return cell
  }

  private func get(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let (x, key) = (arguments[0], arguments[1])
    let missing = arguments.count > 2 ? arguments[2] : .null
    switch x.tag {
    case Tag.record:
      try arguments.expectString(1)
      guard let value = try field(x, try canonicalKey(key)) else { return missing }
      share(value)
      return value
    case Tag.array:
      let index = try arguments.int(1)
      let elements = elements(x)
      guard elements.indices.contains(index) else { return missing }
      share(elements[index])
      return elements[index]
    case Tag.string:
      let index = try arguments.int(1)
      guard index >= 0, index < scalarCount(x) else { return missing }
      return try getIndex(arguments.window, key)
    default: throw arguments.wrong(0, "a record, an Array or a String")
    }
  }

  private func push(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    try arguments.expect(0, Tag.array, "an Array")
    // A variable's array comes marked as shared and is copied; a temporary one may grow where it is.
    try append(arguments.window, arguments.window + 1)
    return arguments[0]
  }

  private func slice(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let x = arguments[0]
    let count: Int
    switch x.tag {
    case Tag.string: count = scalarCount(x)
    case Tag.array: count = elements(x).count
    default: throw arguments.wrong(0, "a String or an Array")
    }
    let from = try arguments.int(1)
    let to = arguments.count > 2 && !arguments[2].isNull ? try arguments.int(2) : count
    guard from >= 0, to >= 0 else {
      throw arguments.invalid(.indexError, "the positions `\(from)` and `\(to)` must not be negative")
    }
    let end = min(to, count)
    let start = min(from, end)
    guard x.isString else { return try slice(array: arguments.window, start..<end) }
    let first = try byteOffset(x, ofScalar: start)
    let last = try byteOffset(x, ofScalar: end)
    try spend((last - first) / HeapObject.wordBytes)
    return try newText(from: arguments.window, first..<last)
  }

  private func reverse(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    guard arguments[0].isString else {
      try arguments.expect(0, Tag.array, "a String or an Array")
      let cell = try slice(array: arguments.window, 0..<elements(arguments[0]).count)
      var reversed = elements(cell)
      reversed.reverse()
      return cell
    }
    let content = bytes(arguments[0])
    var reversed: [UInt8] = []
    reversed.reserveCapacity(content.count)
    var end = content.count
    while end > 0 {
      var start = end - 1
      while start > 0, content[start] & 0xC0 == 0x80 { start -= 1 }
      reversed += content[start..<end]
      end = start
    }
    try spend(content.count / HeapObject.wordBytes)
    return try newText(reversed)
  }

  private func range(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let from = try arguments.int(0)
    let to = try arguments.int(1)
    let (difference, overflows) = to.subtractingReportingOverflow(from)
    if overflows, from < to {
      throw arguments.invalid(.limitExceeded, "`\(from)` to `\(to)` are more elements than a collection may have")
    }
    let count = from < to ? difference : 0
    try checkCollectionCount(count)
    try ensure(HeapObject.arrayWords(capacity: count))
    let (cell, elements) = takeArray(count: count, capacity: count)
    for position in 0..<count { elements[position] = Cell(int: from + position) }
    try spend(count)
    return cell
  }

  private func sum(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    try arguments.expect(0, Tag.array, "an Array")
    let elements = elements(arguments[0])
    try spend(elements.count)
    var whole: Int64 = 0
    var real = 0.0
    var isReal = false
    for (position, element) in elements.enumerated() {
      if element.isInt, !isReal {
        let (sum, overflows) = whole.addingReportingOverflow(element.int)
        if overflows { throw arguments.invalid(.overflow, "the sum does not fit an int of 64 bits") }
        whole = sum
        continue
      }
      guard element.isNumber else {
        throw arguments.invalid(.typeError, "element `\(position)` is `\(element.typeName)`, not a number")
      }
      if !isReal {
        isReal = true
        real = Double(whole)
      }
      real += element.number
    }
    return isReal ? Cell(float: real) : Cell(int: whole)
  }

  private func wrap(_ arguments: BuiltinArguments, _ key: WellKnownText) throws(Thrown) -> Cell {
    try ensure(HeapObject.recordWords(capacity: 1))
    let record = takeRecord(capacity: 1)
    try addField(record, image.pointee.text(key).bits, arguments[0])
    return record
  }

  private func makeError(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    try arguments.expectString(0)
    try arguments.expectString(1)
    try ensure(Self.errorWords)
    return takeError(
      kind: arguments[0], message: arguments[1], data: arguments.count > 2 ? arguments[2] : .null)
  }
}
