/// How the keys of a list are compared.
private enum SortKind {
  /// The rank decides alone.
  case ranked
  /// The rank decides unless it is equal.
  case texts
  /// The rank says nothing.
  case general
}

extension Engine {
  /// Sorts a list by the list of its keys, stably: elements with equal keys stay in their order.
  ///
  /// - Parameter keys: Which argument holds the keys; 0 when the elements are their own.
  func sort(_ arguments: BuiltinArguments, keys index: Int) throws(Thrown) -> Cell {
    try arguments.expect(0, Tag.array, "an Array")
    try arguments.expect(index, Tag.array, "an Array")
    let count = elements(arguments[0]).count
    let keys = elements(arguments[index])
    guard keys.count == count else {
      throw arguments.invalid(.typeError, "`\(count)` elements but `\(keys.count)` keys")
    }
    let kind = try sortKind(arguments, keys)
    var entries: [SortEntry] = []
    entries.reserveCapacity(count)
    let prefix = kind == .texts ? try commonPrefix(keys) : 0
    for (position, key) in keys.enumerated() {
      entries.append(SortEntry(rank: rank(key, kind, prefix), position: UInt32(truncatingIfNeeded: position)))
    }
    try spend(count * (Int.bitWidth - count.leadingZeroBitCount))
    switch kind {
    case .ranked: try MergeSort.sort(&entries) { (left, right) throws(Thrown) in left.rank < right.rank }
    case .texts:
      try MergeSort.sort(&entries) { (left, right) throws(Thrown) in
        if left.rank != right.rank { return left.rank < right.rank }
        return try compareTexts(keys[Int(left.position)], keys[Int(right.position)]) < 0
      }
    case .general:
      try MergeSort.sort(&entries) { (left, right) throws(Thrown) in
        try isOrderedBefore(arguments, keys[Int(left.position)], keys[Int(right.position)])
      }
    }
    try ensure(HeapObject.arrayWords(capacity: count))
    let (cell, target) = takeArray(count: count, capacity: count)
    let source = elements(arguments[0])
    for (position, entry) in entries.enumerated() { target[position] = source[Int(entry.position)] }
    try shareAll(UnsafeBufferPointer(start: target, count: count))
    return cell
  }

  private func sortKind(
    _ arguments: BuiltinArguments, _ keys: UnsafeMutableBufferPointer<Cell>
  ) throws(Thrown) -> SortKind {
    guard let first = keys.first else { return .ranked }
    var isUniform = true
    for key in keys {
      isUniform = isUniform && key.tag == first.tag
      let isComparable =
        first.isNumber ? key.isNumber : (first.isString || first.isArray) && key.tag == first.tag
      guard isComparable else { throw unorderable(arguments, first, key) }
    }
    if first.isString { return .texts }
    return first.isNumber && isUniform ? .ranked : .general
  }

  private func unorderable(_ arguments: BuiltinArguments, _ left: Cell, _ right: Cell) -> Thrown {
    arguments.invalid(
      .typeError,
      "`\(left.typeName)` and `\(right.typeName)` have no order; all elements or keys must be numbers, Strings or Arrays "
        + "of them")
  }

  /// How many bytes all texts begin with alike; they say nothing about the order.
  private func commonPrefix(_ keys: UnsafeMutableBufferPointer<Cell>) throws(Thrown) -> Int {
    guard let first = keys.first else { return 0 }
    let reference = bytes(first)
    var length = reference.count
    for key in keys.dropFirst() {
      let content = bytes(key)
      length = min(length, content.count)
      var equal = 0
      while equal < length, content[equal] == reference[equal] { equal += 1 }
      length = equal
      try spend(1 + length / HeapObject.wordBytes)
    }
    return length
  }

  private func rank(_ key: Cell, _ kind: SortKind, _ prefix: Int) -> UInt64 {
    let signBit: UInt64 = 1 << 63
    switch (kind, key.tag) {
    case (.ranked, Tag.int): return key.bits ^ signBit
    case (.ranked, _):
      // NaN comes last; the two zeros are equal.
      if key.float.isNaN { return .max }
      let bits = (key.float + 0).bitPattern
      return bits & signBit == 0 ? bits | signBit : ~bits
    case (.texts, _):
      // The first bytes after the common ones, the first of them the most significant; a shorter text is padded with zeros.
      var rank: UInt64 = 0
      let content = bytes(key)
      let end = min(prefix + HeapObject.wordBytes, content.count)
      for offset in prefix..<end { rank = rank << UInt64(UInt8.bitWidth) | UInt64(content[offset]) }
      return rank << UInt64((HeapObject.wordBytes - (end - prefix)) * UInt8.bitWidth)
    default: return 0
    }
  }

  /// Whether one key comes before another: numbers, strings, and arrays element by element.
  private func isOrderedBefore(_ arguments: BuiltinArguments, _ left: Cell, _ right: Cell) throws(Thrown) -> Bool {
    var pending = [(left, right, 0)]
    while let (one, other, position) = pending.popLast() {
      try spend(1)
      guard one.isArray, other.isArray else {
        let order = try leafOrder(arguments, one, other)
        if order != 0 { return order < 0 }
        continue
      }
      let ones = elements(one)
      let others = elements(other)
      guard position < ones.count, position < others.count else {
        if ones.count != others.count { return ones.count < others.count }
        continue
      }
      pending.append((one, other, position + 1))
      pending.append((ones[position], others[position], 0))
    }
    return false
  }

  private func leafOrder(_ arguments: BuiltinArguments, _ left: Cell, _ right: Cell) throws(Thrown) -> Int {
    if left.isString, right.isString { return try compareTexts(left, right) }
    guard left.isNumber, right.isNumber else { throw unorderable(arguments, left, right) }
    switch Self.compareNumbers(left, right) {
    case .less: return -1
    case .equal: return 0
    case .greater: return 1
    case .unordered: return (left.number.isNaN ? 1 : 0) - (right.number.isNaN ? 1 : 0)
    }
  }
}
