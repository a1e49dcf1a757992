/// The heap of a snapshot while it is read.
struct SnapshotHeap {
  /// The objects as they will lie in the machine.
  private(set) var words: [UInt64] = []
  /// For each word that begins an object its kind, else ``inside``.
  private var kinds: [UInt8] = []
  /// The words that begin an object.
  private var starts: [Int] = []
  private let limit: Int

  private static let inside: UInt8 = .max
  /// How many times a record's fields its capacity may be; growth leaves at most half more.
  private static let largestGrowth = 2

  init(limit: Int) { self.limit = limit }

  /// Reads all objects.
  mutating func read(_ reader: inout SnapshotReader) throws(SnapshotError) {
    let count = try reader.readNumber()
    guard count <= limit else { throw .exceedsLimit("`\(limit * HeapObject.wordBytes)` heap bytes") }
    // No more than the bytes that are there can fill: a number that promises more costs nothing.
    words.reserveCapacity(min(count, reader.reader.remaining))
    while words.count < count {
      starts.append(words.count)
      try readObject(&reader, room: count - words.count)
      guard words.count <= count else { throw reader.malformed("an object beyond the end of the heap") }
    }
    kinds = [UInt8](repeating: Self.inside, count: words.count)
    for start in starts { kinds[start] = HeapObject.kind(words[start]) }
  }

  private mutating func readObject(_ reader: inout SnapshotReader, room: Int) throws(SnapshotError) {
    let head = try reader.readByte()
    let kind = head & ~Snapshot.sharedBit
    let flags = head & Snapshot.sharedBit == 0 ? 0 : HeapObject.Flag.shared
    if kind == Tag.string || kind == Tag.secret {
      try readText(&reader, kind: kind)
      return
    }
    let count = try reader.decoding { reader throws(ValueCodecError) in try reader.readCount() }
    switch kind {
    case Tag.array:
      append(HeapObject.header(kind: kind, count: count, flags: flags), UInt64(count))
      for _ in 0..<count { append(try reader.readCell()) }
    case Tag.closure:
      let function = try reader.readIndex()
      let functions = reader.program.program.functions
      guard function < functions.count, functions[function].captureCount == count else {
        throw reader.malformed("a closure of the function `\(function)` with `\(count)` captures")
      }
      append(HeapObject.header(kind: kind, count: count, flags: flags), UInt64(function))
      for _ in 0..<count { append(try reader.readCell()) }
    case Tag.record:
      try readRecord(&reader, count: count, flags: flags, room: room)
    default: throw reader.malformed("an object of the unknown kind `\(kind)`")
    }
  }

  @inline(__always)
  private mutating func append(_ cell: Cell) { append(UInt64(cell.tag), cell.bits) }

  @inline(__always)
  private mutating func append(_ first: UInt64, _ second: UInt64) {
    words.append(first)
    words.append(second)
  }

  private mutating func readText(_ reader: inout SnapshotReader, kind: UInt8) throws(SnapshotError) {
    let text = try reader.decoding { reader throws(ValueCodecError) in try reader.readText() }
    var content = text
    content.withUTF8 { bytes in
      let scalars = Engine.scalarCount(bytes)
      let flags = scalars == bytes.count ? HeapObject.Flag.ascii : 0
      append(HeapObject.header(kind: kind, count: bytes.count, flags: flags), UInt64(scalars))
      for start in stride(from: 0, to: bytes.count, by: HeapObject.wordBytes) {
        var word: UInt64 = 0
        for offset in start..<min(start + HeapObject.wordBytes, bytes.count) {
          word |= UInt64(bytes[offset]) << UInt64((offset - start) * UInt8.bitWidth)
        }
        words.append(word)
      }
    }
  }

  /// Reads the fields; the index of a large record is made when all keys are known.
  private mutating func readRecord(
    _ reader: inout SnapshotReader, count: Int, flags: UInt64, room: Int
  ) throws(SnapshotError) {
    let capacity = try reader.readNumber()
    let isPlausible =
      count <= HeapObject.linearSearchCapacity ? capacity == count : count...count * Self.largestGrowth ~= capacity
    guard isPlausible, HeapObject.recordWords(capacity: capacity) <= room else {
      throw reader.malformed("a record of `\(count)` fields with room for `\(capacity)`")
    }
    let start = words.count
    append(HeapObject.header(kind: Tag.record, count: count, flags: flags), UInt64(capacity))
    for _ in 0..<count {
      words.append(try reader.readHandle())
      append(try reader.readCell())
    }
    let end = start + HeapObject.recordWords(capacity: capacity)
    words += repeatElement(0, count: end - words.count)
  }

  /// Checks that every handle in the heap points to an object of its kind.
  func check(_ reader: SnapshotReader) throws(SnapshotError) {
    for start in starts {
      let count = HeapObject.count(words[start])
      var word = start + HeapObject.headerWords
      switch kinds[start] {
      case Tag.array, Tag.closure:
        for _ in 0..<count {
          try check(Cell(tag: UInt8(truncatingIfNeeded: words[word]), bits: words[word + 1]), reader)
          word += HeapObject.elementWords
        }
      case Tag.record:
        for _ in 0..<count {
          try check(Cell(string: words[word]), reader)
          try check(Cell(tag: UInt8(truncatingIfNeeded: words[word + 1]), bits: words[word + 2]), reader)
          word += HeapObject.fieldWords
        }
      default: continue
      }
    }
  }

  /// Checks that the handle of a cell points to an object of its kind.
  @inline(__always)
  func check(_ cell: Cell, _ reader: SnapshotReader) throws(SnapshotError) {
    guard cell.isHandle else { return }
    if Handle.isConstant(cell.bits) {
      guard reader.program.hasConstant(cell) else { throw reader.malformed("a handle to no constant") }
      return
    }
    let index = Int(truncatingIfNeeded: cell.bits)
    guard index < kinds.count, kinds[index] == cell.tag else {
      throw reader.malformed("a handle to no object of its kind")
    }
  }
}
