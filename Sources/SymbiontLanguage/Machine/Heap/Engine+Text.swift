extension Engine {
  /// The bytes of a string or secret; valid until the next ``ensure(_:)``.
  @inline(__always)
  func bytes(_ cell: Cell) -> UnsafeBufferPointer<UInt8> {
    let object = textObject(cell.bits)
    let content = UnsafeRawPointer(object + HeapObject.headerWords).assumingMemoryBound(to: UInt8.self)
    return UnsafeBufferPointer(start: content, count: HeapObject.count(object[0]))
  }

  /// A string as the libraries want it.
  func text(_ cell: Cell) -> String { String(decoding: bytes(cell), as: UTF8.self) }

  /// How many Unicode scalars a string has.
  func scalarCount(_ cell: Cell) -> Int { Int(truncatingIfNeeded: textObject(cell.bits)[1] & 0xFFFF_FFFF) }

  /// Whether a string is all ASCII.
  func isASCII(_ cell: Cell) -> Bool { textObject(cell.bits)[0] & HeapObject.Flag.ascii != 0 }

  /// Whether two strings hold the same bytes.
  @inline(__always)
  func areEqualTexts(_ left: Cell, _ right: Cell) throws(Thrown) -> Bool {
    if left.bits == right.bits { return true }
    // Constants are interned: two different ones differ.
    if Handle.isConstant(left.bits), Handle.isConstant(right.bits) { return false }
    let first = textObject(left.bits)
    let second = textObject(right.bits)
    let count = HeapObject.count(first[0])
    guard count == HeapObject.count(second[0]) else { return false }
    let words = HeapObject.stringWords(byteCount: count) - HeapObject.headerWords
    // The last word is padded with zeros.
    for word in 0..<words where first[HeapObject.headerWords + word] != second[HeapObject.headerWords + word] {
      try spend(word)
      return false
    }
    try spend(words)
    return true
  }

  /// The order of two strings by Unicode scalar, which is the order of their UTF-8: negative, zero or positive.
  func compareTexts(_ left: Cell, _ right: Cell) throws(Thrown) -> Int {
    if left.bits == right.bits { return 0 }
    let first = textObject(left.bits)
    let second = textObject(right.bits)
    let firstCount = HeapObject.count(first[0])
    let secondCount = HeapObject.count(second[0])
    let words = HeapObject.stringWords(byteCount: min(firstCount, secondCount)) - HeapObject.headerWords
    for word in 0..<words {
      let one = UInt64(bigEndian: first[HeapObject.headerWords + word])
      let other = UInt64(bigEndian: second[HeapObject.headerWords + word])
      if one != other {
        try spend(word)
        return one < other ? -1 : 1
      }
    }
    try spend(words)
    return firstCount - secondCount
  }

  /// Refuses texts above the limit.
  func checkTextLength(_ byteCount: Int) throws(Thrown) {
    guard byteCount <= state.pointee.limits.stringBytes else {
      throw raise(
        .limitExceeded,
        "a string of \(byteCount) bytes would exceed the limit of \(state.pointee.limits.stringBytes) bytes")
    }
  }

  /// Makes a string whose words were ensured; the caller fills in its bytes, and then calls ``finishText(_:)`` unless it
  /// knows the scalars.
  @inline(__always)
  func takeText(byteCount: Int, scalarCount: Int = 0, kind: UInt8 = Tag.string) -> (Cell, UnsafeMutablePointer<UInt8>) {
    let words = HeapObject.stringWords(byteCount: byteCount)
    let handle = take(words)
    let object = state.pointee.heap + Int(truncatingIfNeeded: handle)
    let flags = scalarCount == byteCount ? HeapObject.Flag.ascii : 0
    object[0] = HeapObject.header(kind: kind, count: byteCount, flags: flags)
    object[1] = UInt64(truncatingIfNeeded: scalarCount)
    if words > HeapObject.headerWords { object[words - 1] = 0 }
    let content = UnsafeMutableRawPointer(object + HeapObject.headerWords).assumingMemoryBound(to: UInt8.self)
    return (Cell(tag: kind, bits: handle), content)
  }

  /// Counts the scalars of a string that was just filled in.
  func finishText(_ cell: Cell) {
    let content = bytes(cell)
    let scalars = Self.scalarCount(content)
    let object = object(cell.bits)
    object[1] = UInt64(truncatingIfNeeded: scalars)
    object[0] = HeapObject.header(
      kind: cell.tag, count: content.count, flags: scalars == content.count ? HeapObject.Flag.ascii : 0)
  }

  /// Makes a string of bytes that lie outside of the heap and are UTF-8; their words were ensured.
  func takeText(copying content: UnsafeBufferPointer<UInt8>, kind: UInt8 = Tag.string) -> Cell {
    let scalars = Self.scalarCount(content)
    let (cell, target) = takeText(byteCount: content.count, scalarCount: scalars, kind: kind)
    if let source = content.baseAddress { target.update(from: source, count: content.count) }
    return cell
  }

  /// Makes a string of bytes that lie outside of the heap and are UTF-8.
  func newText(_ content: UnsafeBufferPointer<UInt8>) throws(Thrown) -> Cell {
    try checkTextLength(content.count)
    try ensure(HeapObject.stringWords(byteCount: content.count))
    return takeText(copying: content)
  }

  /// Makes a string.
  func newText(_ text: String) throws(Thrown) -> Cell {
    try checkTextLength(text.utf8.count)
    try ensure(HeapObject.stringWords(byteCount: text.utf8.count))
    var text = text
    return text.withUTF8 { takeText(copying: $0) }
  }

  /// The bytes of the longest decimal number, a sign and nineteen digits.
  private static var longestDecimal: Int { 20 }

  /// Makes the string of a number in decimal.
  func newText(decimal value: Int64) throws(Thrown) -> Cell {
    try ensure(HeapObject.stringWords(byteCount: Self.longestDecimal))
    let base: UInt64 = 10
    var digitCount = 1
    var rest = value.magnitude
    while rest >= base {
      rest /= base
      digitCount += 1
    }
    let byteCount = digitCount + (value < 0 ? 1 : 0)
    let (cell, target) = takeText(byteCount: byteCount, scalarCount: byteCount)
    rest = value.magnitude
    for position in stride(from: byteCount - 1, through: byteCount - digitCount, by: -1) {
      target[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % base)
      rest /= base
    }
    if value < 0 { target[0] = UInt8(ascii: "-") }
    return cell
  }

  /// Makes a string of bytes that are UTF-8.
  func newText(_ content: [UInt8]) throws(Thrown) -> Cell {
    try checkTextLength(content.count)
    try ensure(HeapObject.stringWords(byteCount: content.count))
    return content.withUnsafeBufferPointer { takeText(copying: $0) }
  }

  /// Makes a string of a part of the string in a register.
  ///
  /// The range must begin and end between scalars.
  func newText(from source: UnsafePointer<Cell>, _ range: Range<Int>) throws(Thrown) -> Cell {
    try ensure(HeapObject.stringWords(byteCount: range.count))
    return takeText(copying: UnsafeBufferPointer(rebasing: bytes(source.pointee)[range]))
  }

  /// How many Unicode scalars valid UTF-8 holds: all bytes but continuations begin one.
  static func scalarCount(_ content: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in content { count &+= byte & 0xC0 == 0x80 ? 0 : 1 }
    return count
  }

  /// The byte at which a scalar of a string begins; the position must be at most the number of scalars.
  func byteOffset(_ cell: Cell, ofScalar position: Int) throws(Thrown) -> Int {
    if isASCII(cell) { return position }
    let content = bytes(cell)
    var left = position
    var offset = 0
    while offset < content.count {
      if left == 0 { break }
      offset = Self.nextScalar(content, offset)
      left -= 1
    }
    try spend(offset / HeapObject.wordBytes)
    return offset
  }

  /// Where the scalar after the one at this offset begins.
  @inline(__always)
  static func nextScalar(_ content: UnsafeBufferPointer<UInt8>, _ offset: Int) -> Int {
    var next = offset + 1
    while next < content.count, content[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }
}
