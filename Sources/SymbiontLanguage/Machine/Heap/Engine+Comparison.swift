extension Engine {
  /// Structural equality; `1 == 1.0`, records independently of their order.
  ///
  /// The work list is on the Swift heap, so depth costs no stack, and every pair costs a step.
  @inline(never)
  func areEqual(_ left: Cell, _ right: Cell) throws(Thrown) -> Bool {
    if !left.isContainer || !right.isContainer { return try areEqualLeaves(left, right) }
    var pending = [(left, right)]
    while let (first, second) = pending.popLast() {
      try spend(1)
      if first.tag == second.tag, first.bits == second.bits, !first.isFloat { continue }
      guard first.isContainer, second.isContainer else {
        guard try areEqualLeaves(first, second) else { return false }
        continue
      }
      guard first.tag == second.tag, try compareContainers(first, second, &pending) else { return false }
    }
    return true
  }

  private func compareContainers(
    _ first: Cell, _ second: Cell, _ pending: inout [(Cell, Cell)]
  ) throws(Thrown) -> Bool {
    let count = HeapObject.count(object(first.bits)[0])
    guard count == HeapObject.count(object(second.bits)[0]) else { return false }
    if first.isRecord {
      let (words, _) = fields(first)
      for position in 0..<count {
        guard let other = try field(second, words[position * HeapObject.fieldWords]) else { return false }
        pending.append((Self.value(words, at: position), other))
      }
      return true
    }
    if first.isClosure, function(first) != function(second) { return false }
    let ones = elements(first)
    let others = elements(second)
    // Last first: the list is worked off from its end, and differences are usually found early.
    for position in stride(from: count - 1, through: 0, by: -1) {
      pending.append((ones[position], others[position]))
    }
    return true
  }

  private func areEqualLeaves(_ left: Cell, _ right: Cell) throws(Thrown) -> Bool {
    if left.isNumber, right.isNumber { return Self.compareNumbers(left, right) == .equal }
    guard left.tag == right.tag else { return false }
    switch left.tag {
    case Tag.string, Tag.secret: return try areEqualTexts(left, right)
    case Tag.null: return true
    default: return left.bits == right.bits
    }
  }

  /// How two values are ordered.
  enum Ordering {
    case less, equal, greater
    /// One of them is NaN.
    case unordered
  }

  /// Compares numbers exactly: an int is not rounded to a float first.
  @inline(never)
  static func compareNumbers(_ left: Cell, _ right: Cell) -> Ordering {
    switch (left.isInt, right.isInt) {
    case (true, true): left.int == right.int ? .equal : left.int < right.int ? .less : .greater
    case (false, false): compareFloats(left.float, right.float)
    case (true, false): compare(left.int, right.float)
    case (false, true):
      switch compare(right.int, left.float) {
      case .less: .greater
      case .greater: .less
      case .equal: .equal
      case .unordered: .unordered
      }
    }
  }

  private static func compareFloats(_ left: Double, _ right: Double) -> Ordering {
    left == right ? .equal : left < right ? .less : left > right ? .greater : .unordered
  }

  private static func compare(_ left: Int64, _ right: Double) -> Ordering {
    let whole = right.rounded(.towardZero)
    guard let truncated = Int64(exactly: whole) else {
      // Beyond every int, infinite or NaN.
      return compareFloats(0, right)
    }
    if left != truncated { return left < truncated ? .less : .greater }
    return compareFloats(whole, right)
  }

  /// The order of two numbers or two strings.
  ///
  /// - Throws: `TypeError` for anything else.
  @inline(never)
  func order(_ left: Cell, _ right: Cell, operation: StaticString) throws(Thrown) -> Ordering {
    if left.isNumber, right.isNumber { return Self.compareNumbers(left, right) }
    guard left.isString, right.isString else {
      throw raise(
        .typeError,
        "cannot compare `\(left.typeName)` and `\(right.typeName)` with `\(operation)`; only two numbers or two strings "
          + "have an order")
    }
    let difference = try compareTexts(left, right)
    return difference < 0 ? .less : difference == 0 ? .equal : .greater
  }
}
