/// Reading and writing fields and elements, beyond what the interpreter does itself.
extension Engine {
  /// How many field names an error message lists.
  private static var listedFields: Int { 8 }

  /// `source.key`.
  ///
  /// The caller marks the result as shared unless it only looks at it.
  @inline(never)
  func getField(_ source: Cell, _ key: UInt64) throws(Thrown) -> Cell {
    if source.isRecord {
      guard let value = try field(source, key) else { throw missingField(source, Cell(string: key)) }
      return value
    }
    if key == image.pointee.text(.length).bits {
      if source.isArray { return Cell(int: HeapObject.count(object(source.bits)[0])) }
      if source.isString { return Cell(int: scalarCount(source)) }
    }
    throw raise(
      .typeError,
      "cannot read the field `\(TextExcerpt.beginning(of: text(Cell(string: key))))` of `\(source.typeName)`; "
        + "only a record has fields")
  }

  /// `place.key = value`.
  @inline(never)
  func setField(
    place: UnsafeMutablePointer<Cell>, _ key: UInt64, _ value: UnsafePointer<Cell>
  ) throws(Thrown) {
    guard place.pointee.isRecord else { throw cannotSetField(place.pointee, Cell(string: key)) }
    // A constant, which no collection moves.
    var keyCell = Cell(string: key)
    try setField(place, key: &keyCell, value: value)
  }

  /// `source[index]`.
  ///
  /// The caller marks the result as shared unless it only looks at it.
  @inline(never)
  func getIndex(_ source: UnsafePointer<Cell>, _ index: Cell) throws(Thrown) -> Cell {
    let cell = source.pointee
    switch cell.tag {
    case Tag.array:
      return elements(cell)[try elementIndex(cell, index)]
    case Tag.record:
      guard index.isString else { throw wrongIndex(cell, index, expected: "String") }
      guard let value = try field(cell, try canonicalKey(index)) else { throw missingField(cell, index) }
      return value
    case Tag.string:
      guard index.isInt else { throw wrongIndex(cell, index, expected: "int") }
      let count = scalarCount(cell)
      guard index.int >= 0, index.int < count else {
        throw raise(.indexError, "index `\(index.int)` is outside of a String of `\(count)` characters")
      }
      let start = try byteOffset(cell, ofScalar: Int(index.int))
      return try newText(from: source, start..<Self.nextScalar(bytes(cell), start))
    default:
      throw raise(.typeError, "cannot index `\(cell.typeName)`; only an Array, a record or a String has elements")
    }
  }

  /// `place[index] = value`; `index` is a register.
  @inline(never)
  func setIndex(
    _ place: UnsafeMutablePointer<Cell>, _ index: UnsafePointer<Cell>, _ value: UnsafePointer<Cell>
  ) throws(Thrown) {
    let cell = place.pointee
    switch cell.tag {
    case Tag.array:
      let position = try elementIndex(cell, index.pointee)
      try ownArray(place)
      elements(place.pointee)[position] = value.pointee
    case Tag.record:
      guard index.pointee.isString else { throw wrongIndex(cell, index.pointee, expected: "String") }
      try setField(place, key: index, value: value)
    case Tag.string:
      throw raise(.typeError, "cannot change a character of a String; build a new one with `slice` and `+`")
    default:
      throw raise(.typeError, "cannot set an element of `\(cell.typeName)`; only an Array or a record has elements")
    }
  }

  /// The field of a place that is about to be changed.
  @inline(never)
  func placeField(_ place: UnsafeMutablePointer<Cell>, _ key: Cell) throws(Thrown) -> Cell {
    let cell = place.pointee
    guard cell.isRecord else { throw cannotSetField(cell, key) }
    guard let position = try position(cell, try canonicalKey(key)) else { throw missingField(cell, key) }
    try ownRecord(place)
    return Self.value(fields(place.pointee).words, at: position)
  }

  /// The element of a place that is about to be changed.
  @inline(never)
  func placeIndex(_ place: UnsafeMutablePointer<Cell>, _ index: Cell) throws(Thrown) -> Cell {
    let cell = place.pointee
    if cell.isRecord {
      guard index.isString else { throw wrongIndex(cell, index, expected: "String") }
      return try placeField(place, index)
    }
    guard cell.isArray else {
      throw raise(.typeError, "cannot change an element of `\(cell.typeName)`; only an Array or a record has elements")
    }
    let position = try elementIndex(cell, index)
    try ownArray(place)
    return elements(place.pointee)[position]
  }

  /// Whether a value is an element of an array, a key of a record or a part of a string.
  @inline(never)
  func contains(_ collection: Cell, _ value: Cell, operation: StaticString = "in") throws(Thrown) -> Bool {
    switch collection.tag {
    case Tag.array:
      for element in elements(collection) {
        try spend(1)
        if try areEqual(element, value) { return true }
      }
      return false
    case Tag.record:
      guard value.isString else { throw wrongIndex(collection, value, expected: "String") }
      return try position(collection, try canonicalKey(value)) != nil
    case Tag.string:
      guard value.isString else {
        throw raise(.typeError, "a String contains only Strings, not `\(value.typeName)`; use `string(x)`")
      }
      return try firstOffset(of: bytes(value), in: bytes(collection), from: 0) != nil
    default:
      throw raise(
        .typeError,
        "`\(operation)` needs an Array, a record or a String to search in, not `\(collection.typeName)`")
    }
  }

  private func elementIndex(_ array: Cell, _ index: Cell) throws(Thrown) -> Int {
    guard index.isInt else { throw wrongIndex(array, index, expected: "int") }
    let count = HeapObject.count(object(array.bits)[0])
    guard index.int >= 0, index.int < count else {
      throw raise(.indexError, "index `\(index.int)` is outside of an Array of `\(count)` elements")
    }
    return Int(index.int)
  }

  @inline(never)
  private func wrongIndex(_ collection: Cell, _ index: Cell, expected: StaticString) -> Thrown {
    raise(
      .typeError,
      "a `\(collection.typeName)` is indexed by `\(expected)`, not by `\(index.typeName)`")
  }

  @inline(never)
  private func cannotSetField(_ cell: Cell, _ key: Cell) -> Thrown {
    raise(
      .typeError,
      "cannot set the field `\(TextExcerpt.beginning(of: text(key)))` of `\(cell.typeName)`; only a record has fields")
  }

  @inline(never)
  private func missingField(_ record: Cell, _ key: Cell) -> Thrown {
    let name = TextExcerpt.beginning(of: text(key))
    let (words, count) = fields(record)
    let names = (0..<min(count, Self.listedFields)).map { position in
      "`\(TextExcerpt.beginning(of: text(Cell(string: words[position * HeapObject.fieldWords]))))`"
    }
    let known =
      count == 0
      ? "the record has no fields"
      : "its fields are \(names.joined(separator: ", "))\(count > Self.listedFields ? " …" : "")"
    return raise(.fieldError, "the record has no field `\(name)`; \(known); `get(r, key, default)` allows for absence")
  }
}
