/// Simulates an automaton on a text: all its paths at once, the preferred first, each state at most once for each place.
struct RegularExpressionMachine {
  /// The states the automaton is in at one place of the text, preferred first.
  private struct StateList {
    var states: [Int]
    var count = 0
    /// For each state where it would stand in the list; only true when the list confirms it.
    var positions: [Int]
    /// The slots of each state in the list, one after the other.
    var slots: [Int]

    init(stateCount: Int, slotCount: Int) {
      states = [Int](repeating: 0, count: stateCount)
      positions = [Int](repeating: 0, count: stateCount)
      slots = [Int](repeating: -1, count: stateCount * slotCount)
    }

    @inline(__always)
    mutating func insert(_ state: Int) -> Bool {
      let position = positions[state]
      if position < count, states[position] == state { return false }
      positions[state] = count
      states[count] = state
      count += 1
      return true
    }
  }

  /// What is still to be done while the states are followed that consume nothing.
  private enum Task {
    case follow(Int)
    case restore(slot: Int, place: Int)
  }

  /// A place in the text and what is on either side of it.
  private struct Place {
    var offset: Int
    var previous: UInt32?
    var next: UInt32?
  }

  private let program: RegularExpressionProgram
  private let slotCount: Int
  private var pending: [Task] = []
  private var slots: [Int]
  /// How many steps may still be taken.
  private(set) var steps: Int

  init(_ program: RegularExpressionProgram, recordsGroups: Bool, steps: Int) {
    self.program = program
    self.steps = steps
    slotCount = recordsGroups ? program.slotCount : 0
    slots = [Int](repeating: -1, count: slotCount)
  }

  /// The slots of the first match: byte offsets, -1 where there is none.
  ///
  /// Without groups the array is empty.
  mutating func search(_ text: String) throws(RegularExpressionError) -> [Int]? {
    var current = StateList(stateCount: program.instructions.count, slotCount: slotCount)
    var upcoming = current
    var scalars = text.unicodeScalars.makeIterator()
    var place = Place(offset: 0, previous: nil, next: scalars.next()?.value)
    var found: [Int]?
    while true {
      if found == nil, place.offset == 0 || !program.isAnchored {
        for slot in slots.indices { slots[slot] = -1 }
        try follow(0, at: place, into: &current)
      }
      try spend(1)
      if current.count == 0, found != nil || program.isAnchored { return found }
      let following = place.next == nil ? nil : scalars.next()?.value
      var after = Place(offset: place.offset, previous: place.next, next: following)
      if let scalar = place.next { after.offset += Self.utf8Width(scalar) }
      if let match = try advance(current, at: place, to: after, into: &upcoming) {
        found = match
        if slotCount == 0 { return found }
      }
      swap(&current, &upcoming)
      upcoming.count = 0
      guard place.next != nil else { return found }
      place = after
    }
  }

  /// Moves all states over one scalar; gives the slots of the most preferred match and drops what is less preferred.
  private mutating func advance(
    _ current: borrowing StateList, at place: Place, to after: Place, into upcoming: inout StateList
  ) throws(RegularExpressionError) -> [Int]? {
    try spend(current.count)
    for position in 0..<current.count {
      let state = current.states[position]
      let isConsumed: Bool
      switch program.instructions[state] {
      case .match:
        return Array(current.slots[position * slotCount..<(position + 1) * slotCount])
      case .scalar(let scalar): isConsumed = scalar == place.next
      case .set(let set): isConsumed = place.next.map { program.sets[set].contains($0) } ?? false
      case .split, .jump, .save, .assertion: isConsumed = false
      }
      guard isConsumed else { continue }
      for slot in 0..<slotCount { slots[slot] = current.slots[position * slotCount + slot] }
      try follow(state + 1, at: after, into: &upcoming)
    }
    return nil
  }

  /// Adds a state and all that can be reached from it without consuming anything, in order of preference.
  private mutating func follow(
    _ start: Int, at place: Place, into list: inout StateList
  ) throws(RegularExpressionError) {
    pending.append(.follow(start))
    while let task = pending.popLast() {
      switch task {
      case .restore(let slot, let previous): slots[slot] = previous
      case .follow(let state): try visit(state, at: place, into: &list)
      }
    }
  }

  private mutating func visit(
    _ state: Int, at place: Place, into list: inout StateList
  ) throws(RegularExpressionError) {
    try spend(1)
    guard list.insert(state) else { return }
    switch program.instructions[state] {
    case .jump(let target): pending.append(.follow(target))
    case .split(let first, let second):
      pending.append(.follow(second))
      pending.append(.follow(first))
    case .save(let slot):
      if slot < slotCount {
        pending.append(.restore(slot: slot, place: slots[slot]))
        slots[slot] = place.offset
      }
      pending.append(.follow(state + 1))
    case .assertion(let assertion):
      if Self.holds(assertion, at: place) { pending.append(.follow(state + 1)) }
    case .scalar, .set, .match:
      let position = list.count - 1
      for slot in 0..<slotCount { list.slots[position * slotCount + slot] = slots[slot] }
    }
  }

  private mutating func spend(_ count: Int) throws(RegularExpressionError) {
    steps -= count
    guard steps >= 0 else {
      steps = 0
      throw RegularExpressionError(.budgetExceeded, offset: 0)
    }
  }

  private static func holds(_ assertion: RegularExpressionNode.Assertion, at place: Place) -> Bool {
    switch assertion {
    case .textStart: place.previous == nil
    case .textEnd: place.next == nil
    case .lineStart: place.previous == nil || place.previous == lineFeed
    case .lineEnd: place.next == nil || place.next == lineFeed
    case .wordBoundary: isWord(place.previous) != isWord(place.next)
    case .noWordBoundary: isWord(place.previous) == isWord(place.next)
    }
  }

  private static let lineFeed: UInt32 = 0x0A

  private static func isWord(_ scalar: UInt32?) -> Bool {
    scalar.map { scalar in ScalarSet.wordScalars.contains { $0.contains(scalar) } } ?? false
  }

  @inline(__always)
  private static func utf8Width(_ scalar: UInt32) -> Int {
    scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
  }
}
