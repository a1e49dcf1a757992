extension Engine {
  /// The words of the fields of a record; valid until the next ``ensure(_:)``.
  @inline(__always)
  func fields(_ cell: Cell) -> (words: UnsafeMutablePointer<UInt64>, count: Int) {
    let object = object(cell.bits)
    return (object + HeapObject.headerWords, HeapObject.count(object[0]))
  }

  /// The value of the field at a position.
  @inline(__always)
  static func value(_ fields: UnsafeMutablePointer<UInt64>, at position: Int) -> Cell {
    HeapObject.cell(fields + position * HeapObject.fieldWords + 1).pointee
  }

  /// The key's handle for a string: a constant whenever the program has one with this text.
  ///
  /// So a constant and a string of the heap never are the same key.
  func canonicalKey(_ key: Cell) throws(Thrown) -> UInt64 {
    if Handle.isConstant(key.bits) { return key.bits }
    let hash = try hash(key.bits)
    return image.pointee.constant(equalTo: bytes(key), hash: hash) ?? key.bits
  }

  /// The hash of a string, which its object remembers.
  func hash(_ handle: UInt64) throws(Thrown) -> UInt32 {
    if Handle.isConstant(handle) { return UInt32(truncatingIfNeeded: textObject(handle)[1] >> 32) }
    let object = object(handle)
    let known = UInt32(truncatingIfNeeded: object[1] >> 32)
    if known != 0 { return known }
    let content = bytes(Cell(string: handle))
    try spend(content.count / HeapObject.wordBytes)
    let hash = TextHash.hash(content)
    object[1] |= UInt64(hash) << 32
    return hash
  }

  /// The position of the field with this canonical key.
  func position(_ record: Cell, _ key: UInt64) throws(Thrown) -> Int? {
    let object = object(record.bits)
    let count = HeapObject.count(object[0])
    if HeapObject.capacity(at: object) > HeapObject.linearSearchCapacity {
      return try indexedPosition(object, key)
    }
    let fields = object + HeapObject.headerWords
    for position in 0..<count where fields[position * HeapObject.fieldWords] == key { return position }
    if Handle.isConstant(key) || object[0] & HeapObject.Flag.dynamicKeys == 0 { return nil }
    for position in 0..<count {
      let candidate = fields[position * HeapObject.fieldWords]
      if !Handle.isConstant(candidate), try areEqualTexts(Cell(string: candidate), Cell(string: key)) {
        return position
      }
    }
    return nil
  }

  private func indexedPosition(_ object: UnsafeMutablePointer<UInt64>, _ key: UInt64) throws(Thrown) -> Int? {
    let fields = object + HeapObject.headerWords
    let isConstant = Handle.isConstant(key)
    var probe = RecordIndex(object).probe(try hash(key))
    while let position = probe.next() {
      let candidate = fields[position * HeapObject.fieldWords]
      if candidate == key { return position }
      try spend(1)
      if isConstant || Handle.isConstant(candidate) { continue }
      if try areEqualTexts(Cell(string: candidate), Cell(string: key)) { return position }
    }
    return nil
  }

  /// The field of a record in a register, when it has one.
  func field(_ record: Cell, _ key: UInt64) throws(Thrown) -> Cell? {
    guard let position = try position(record, key) else { return nil }
    return Self.value(fields(record).words, at: position)
  }

  /// Makes an empty record whose words were ensured.
  func takeRecord(capacity: Int) -> Cell {
    let handle = take(HeapObject.recordWords(capacity: capacity))
    let object = state.pointee.heap + Int(truncatingIfNeeded: handle)
    object[0] = HeapObject.header(kind: Tag.record, count: 0)
    object[1] = UInt64(truncatingIfNeeded: capacity)
    if capacity > HeapObject.linearSearchCapacity { RecordIndex(object).clear() }
    return Cell(record: handle)
  }

  /// Adds a field that the record does not have; there must be room.
  func addField(_ record: Cell, _ key: UInt64, _ value: Cell) throws(Thrown) {
    let object = object(record.bits)
    let count = HeapObject.count(object[0])
    precondition(count < HeapObject.capacity(at: object))
    var probes = 0
    if HeapObject.capacity(at: object) > HeapObject.linearSearchCapacity {
      probes = RecordIndex(object).insert(count, hash: try hash(key))
    }
    let word = object + HeapObject.headerWords + count * HeapObject.fieldWords
    word[0] = key
    HeapObject.cell(word + 1).pointee = value
    if !Handle.isConstant(key) { object[0] |= HeapObject.Flag.dynamicKeys }
    object[0] += HeapObject.header(kind: 0, count: 1)
    // Last, because an error in between would leave the index ahead of the fields.
    try spend(probes)
  }

  /// Makes a record of values in registers, which are handed over, with the keys of a shape.
  @inline(never)
  func newRecord(shape: Int, _ source: UnsafePointer<Cell>) throws(Thrown) -> Cell {
    let keys = image.pointee.shape(shape)
    try checkCollectionCount(keys.count)
    try ensure(HeapObject.recordWords(capacity: keys.count))
    let record = takeRecord(capacity: keys.count)
    guard keys.count <= HeapObject.linearSearchCapacity else {
      for position in 0..<keys.count { try addField(record, keys[position], source[position]) }
      return record
    }
    let object = object(record.bits)
    object[0] = HeapObject.header(kind: Tag.record, count: keys.count)
    var word = object + HeapObject.headerWords
    for position in 0..<keys.count {
      word[0] = keys[position]
      HeapObject.cell(word + 1).pointee = source[position]
      word += HeapObject.fieldWords
    }
    return record
  }

  /// Sets a field of the record in a place; `key` is a register or constant that holds a string.
  func setField(
    _ place: UnsafeMutablePointer<Cell>, key: UnsafePointer<Cell>, value: UnsafePointer<Cell>
  ) throws(Thrown) {
    if let position = try position(place.pointee, try canonicalKey(key.pointee)) {
      try ownRecord(place)
      let word = fields(place.pointee).words + position * HeapObject.fieldWords
      HeapObject.cell(word + 1).pointee = value.pointee
      return
    }
    let header = object(place.pointee.bits)[0]
    let count = HeapObject.count(header)
    try checkCollectionCount(count + 1)
    if HeapObject.isShared(header) || count == HeapObject.capacity(at: object(place.pointee.bits)) {
      try reallocateRecord(place, capacity: Self.grown(count + 1))
    }
    try addField(place.pointee, try canonicalKey(key.pointee), value.pointee)
  }

  /// Makes the record in a place writable.
  @inline(__always)
  func ownRecord(_ place: UnsafeMutablePointer<Cell>) throws(Thrown) {
    let header = object(place.pointee.bits)[0]
    if HeapObject.isShared(header) { try reallocateRecord(place, capacity: HeapObject.count(header)) }
  }

  /// Gives the record in a place an object of its own with this capacity.
  func reallocateRecord(_ place: UnsafeMutablePointer<Cell>, capacity: Int) throws(Thrown) {
    try ensure(HeapObject.recordWords(capacity: capacity))
    let isCopy = HeapObject.isShared(object(place.pointee.bits)[0])
    let (source, count) = fields(place.pointee)
    let record = takeRecord(capacity: capacity)
    for position in 0..<count {
      let value = Self.value(source, at: position)
      if isCopy { share(value) }
      try addField(record, source[position * HeapObject.fieldWords], value)
    }
    try spend(count)
    place.pointee = record
  }
}
